/* What the device does over time: telemetry, saving, a full outbox, a lost line. */
#include "bench.h"
#include "check.h"

static struct bench bench;

static void telemetry_follows_the_interval(void)
{
    bench_online(&bench, 0);
    bench_send(&bench, "interval/set", "2");
    bench_forget(&bench);
    const unsigned woken = bench_pass(&bench, 20000);
    CHECK(bench_count(&bench, "telemetry") == 10);
    CHECK(bench.reads == 10);
    CHECK(woken <= 11);
    CHECK_TEXT(bench_said(&bench, "telemetry"), "{\"uptime\":20}");
}

static void a_shorter_interval_brings_telemetry_forward(void)
{
    bench_online(&bench, 0);
    bench_send(&bench, "interval/set", "3600");
    bench_pass(&bench, 30000);
    bench_forget(&bench);
    bench_send(&bench, "interval/set", "60");
    CHECK(bench_count(&bench, "telemetry") == 0);
    bench_pass(&bench, 30000);
    CHECK(bench_count(&bench, "telemetry") == 1);
    bench_forget(&bench);
    bench_pass(&bench, 10000);
    bench_send(&bench, "interval/set", "5");
    CHECK(bench_count(&bench, "telemetry") == 1);
    bench_pass(&bench, 5000);
    CHECK(bench_count(&bench, "telemetry") == 2);
}

static void telemetry_says_what_can_be_read(void)
{
    bench_online(&bench, 0);
    bench.readings = (struct device_readings){.has_temperature = true, .temperature_centi = 2150};
    bench_pass(&bench, 10000);
    CHECK_TEXT(bench_said(&bench, "telemetry"), "{\"temperature\":21.50,\"uptime\":10}");
    bench.readings.temperature_centi = -5;
    bench_pass(&bench, 10000);
    CHECK_TEXT(bench_said(&bench, "telemetry"), "{\"temperature\":-0.05,\"uptime\":20}");
    bench.readings = (struct device_readings){.has_temperature = true,
                                              .has_adc = true,
                                              .has_rssi = true,
                                              .has_heap = true,
                                              .temperature_centi = INT32_MIN,
                                              .adc_mv = UINT32_MAX,
                                              .rssi_dbm = INT32_MIN,
                                              .heap_bytes = UINT32_MAX};
    bench_pass(&bench, 10000);
    CHECK_TEXT(bench_said(&bench, "telemetry"), "{\"temperature\":-21474836.48,\"adc\":4294967295,"
                                                "\"rssi\":-2147483648,\"heap\":4294967295,\"uptime\":30}");
    CHECK(bench_last(&bench, "telemetry")->qos == 0 && !bench_last(&bench, "telemetry")->retain);
}

static void sensors_are_read_only_for_telemetry(void)
{
    bench_online(&bench, 0);
    for (unsigned i = 0; i < 100; i++) {
        bench_send(&bench, "dim/set", "5");
        device_tick(&bench.device, bench.now);
        device_set_button(&bench.device, i % 2 == 0, bench.now);
    }
    CHECK(bench.reads == 0);
}

static void settings_are_stored_at_most_once_in_five_seconds(void)
{
    bench_online(&bench, 0);
    bench_send(&bench, "interval/set", "3600");
    CHECK(bench.saves == 1);
    for (unsigned i = 0; i < 50; i++) {
        bench_send(&bench, "dim/set", i % 2 == 0 ? "10" : "11");
        bench_pass(&bench, 100);
    }
    CHECK(bench.saves == 2);
    bench_pass(&bench, 5000);
    CHECK(bench.saves == 2);
    CHECK(bench.stored.dim == 11 && bench.stored.interval_s == 3600);
    bench_pass(&bench, 60000);
    bench_send(&bench, "dim/set", "11");
    CHECK(bench.saves == 2);
}

static void every_setting_survives_a_power_cycle(void)
{
    bench_online(&bench, 0);
    bench_send(&bench, "lamp/set", "ON");
    bench_send(&bench, "dim/set", "42");
    bench_send(&bench, "color/set", "#102030");
    bench_send(&bench, "mode/set", "blink");
    bench_send(&bench, "interval/set", "77");
    bench_pass(&bench, 5000);
    const struct settings stored = bench.stored;
    const struct device_port port = bench.device.port;
    const struct device_identity identity = {.id = "abc"};
    CHECK(device_init(&bench.device, &port, &identity, &stored, 0));
    CHECK(bench.light.level == 420 && bench.light.red == 0x10 && bench.light.blue == 0x30);
    bench_forget(&bench);
    device_on_connected(&bench.device, NULL, 0);
    CHECK_TEXT(bench_said(&bench, "lamp/state"), "ON");
    CHECK_TEXT(bench_said(&bench, "dim/state"), "42");
    CHECK_TEXT(bench_said(&bench, "color/state"), "#102030");
    CHECK_TEXT(bench_said(&bench, "mode/state"), "blink");
    CHECK_TEXT(bench_said(&bench, "interval/state"), "77");
    CHECK_TEXT(bench_said(&bench, "info"), "{\"firmware\":\"" DEVICE_FIRMWARE_VERSION "\"}");
    CHECK(bench.saves == 0);
}

static void damaged_settings_become_the_defaults(void)
{
    const struct settings damaged = {.lamp = true, .dim = 101, .mode = MODE_COUNT, .interval_s = 0};
    const struct settings mended = settings_sanitize(damaged);
    CHECK(mended.lamp && mended.dim == 100 && mended.mode == MODE_STEADY && mended.interval_s == 10);
    const struct settings late = {.interval_s = 3601};
    CHECK(settings_sanitize(late).interval_s == 10);
}

static void a_failed_save_is_told_once_and_tried_again(void)
{
    bench_online(&bench, 0);
    bench.save_fails = true;
    bench_send(&bench, "dim/set", "7");
    CHECK_TEXT(bench_said(&bench, "error"), "esp32/abc/settings: could not be stored");
    bench_forget(&bench);
    bench_pass(&bench, 20000);
    CHECK(bench.saves == 4);
    CHECK(bench_count(&bench, "error") == 0);
    bench.save_fails = false;
    bench_pass(&bench, 5000);
    CHECK(bench.stored.dim == 7);
    bench_forget(&bench);
    bench_pass(&bench, 20000);
    CHECK(bench.saves == 0);
}

static void a_full_outbox_loses_nothing(void)
{
    bench_online(&bench, 0);
    bench.room = 0;
    bench_send(&bench, "lamp/set", "ON");
    bench_send(&bench, "dim/set", "1e3");
    bench_send(&bench, "dim/set", "101");
    bench_send(&bench, "color/set", "#010203");
    bench_send(&bench, "fan/set", "1");
    CHECK(bench.published == 0);
    CHECK(device_get_settings(&bench.device).lamp);
    CHECK(device_ms_until_tick(&bench.device, bench.now) == DEVICE_RETRY_DELAY_MS);
    const unsigned woken = bench_pass(&bench, 8000);
    CHECK(bench.published == 0);
    CHECK(woken >= 31 && woken <= 34);
    bench.room = 2;
    bench_pass(&bench, DEVICE_RETRY_DELAY_MS);
    CHECK(bench.published == 2);
    bench.room = UINT32_MAX;
    bench_pass(&bench, DEVICE_RETRY_DELAY_MS);
    CHECK(bench.published == 5);
    CHECK_TEXT(bench.log[0].payload, "esp32/abc/dim/set: must be a whole number from 0 to 100 (last of 2)");
    CHECK(strncmp(bench.log[1].payload, "esp32/abc/fan/set: unknown", 26) == 0);
    CHECK_TEXT(bench_said(&bench, "lamp/state"), "ON");
    CHECK_TEXT(bench_said(&bench, "dim/state"), "100");
    CHECK_TEXT(bench_said(&bench, "color/state"), "#010203");
    bench_forget(&bench);
    bench_pass(&bench, 500);
    CHECK(bench.published == 0);
}

static void an_outbox_that_takes_one_at_a_time_gets_all(void)
{
    bench_start(&bench, 0);
    bench.room = 0;
    device_on_connected(&bench.device, NULL, 0);
    for (unsigned i = 0; i < 10; i++) {
        CHECK(bench.published == (i > 0 ? i - 1 : 0));
        bench.room = 1;
        bench_pass(&bench, DEVICE_RETRY_DELAY_MS);
    }
    CHECK(bench.subscribed == 1);
    CHECK(bench.published == 9);
    CHECK_TEXT(bench.log[0].topic, "esp32/abc/status");
    CHECK_TEXT(bench.log[8].topic, "homeassistant/device/abc/config");
}

static void a_full_outbox_does_not_read_sensors_all_the_time(void)
{
    bench_online(&bench, 0);
    bench_send(&bench, "lamp/set", "ON");
    bench_send(&bench, "mode/set", "breathe");
    bench_pass(&bench, 9990);
    bench_forget(&bench);
    bench.room = 0;
    bench_pass(&bench, 1010);
    CHECK(bench.reads >= 4 && bench.reads <= 5);
    CHECK(bench.lights > 10);
}

static void a_command_during_the_loss_of_the_line_is_kept(void)
{
    bench_online(&bench, 0);
    device_on_disconnected(&bench.device, 0);
    bench_send(&bench, "lamp/set", "ON");
    bench_send(&bench, "dim/set", "101");
    bench_pass(&bench, 100000);
    CHECK(bench.published == 0 && bench.reads == 0);
    CHECK(bench.light.level == LIGHT_LEVEL_MAX);
    device_on_connected(&bench.device, "192.0.2.8", bench.now);
    CHECK_TEXT(bench_said(&bench, "lamp/state"), "ON");
    CHECK_TEXT(bench_said(&bench, "error"), "esp32/abc/dim/set: must be a whole number from 0 to 100");
    CHECK(strstr(bench_said(&bench, "info"), "192.0.2.8") != NULL);
    CHECK_TEXT(bench_said(&bench, "telemetry"), "{\"uptime\":100}");
}

static void every_connect_announces_again(void)
{
    bench_online(&bench, 0);
    for (unsigned i = 0; i < 3; i++) {
        device_on_disconnected(&bench.device, bench.now);
        bench_forget(&bench);
        device_on_connected(&bench.device, NULL, bench.now);
        CHECK(bench.subscribed == 1 && bench.published == 9);
    }
}

static void lost_commands_are_told(void)
{
    bench_online(&bench, 0);
    device_report_lost_commands(&bench.device, 0);
    CHECK(bench.published == 6);
    CHECK_TEXT(bench_said(&bench, "error"), "esp32/abc/+/set: commands were lost, they came too fast");
    CHECK_TEXT(bench_said(&bench, "lamp/state"), "OFF");
}

static void leaving_says_offline(void)
{
    bench_online(&bench, 0);
    CHECK(device_go_offline(&bench.device, 0));
    CHECK_TEXT(bench_said(&bench, "status"), "offline");
    CHECK(bench_last(&bench, "status")->retain);
    bench_pass(&bench, 100000);
    CHECK(bench.published == 1);
    CHECK(!device_go_offline(&bench.device, bench.now));
    bench_online(&bench, 0);
    bench.room = 0;
    CHECK(!device_go_offline(&bench.device, 0));
}

int main(void)
{
    RUN(telemetry_follows_the_interval);
    RUN(a_shorter_interval_brings_telemetry_forward);
    RUN(telemetry_says_what_can_be_read);
    RUN(sensors_are_read_only_for_telemetry);
    RUN(settings_are_stored_at_most_once_in_five_seconds);
    RUN(every_setting_survives_a_power_cycle);
    RUN(damaged_settings_become_the_defaults);
    RUN(a_failed_save_is_told_once_and_tried_again);
    RUN(a_full_outbox_loses_nothing);
    RUN(an_outbox_that_takes_one_at_a_time_gets_all);
    RUN(a_full_outbox_does_not_read_sensors_all_the_time);
    RUN(a_command_during_the_loss_of_the_line_is_kept);
    RUN(every_connect_announces_again);
    RUN(lost_commands_are_told);
    RUN(leaving_says_offline);
    return check_end();
}
