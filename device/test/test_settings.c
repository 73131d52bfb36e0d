/* Settings: saving, restoring and range checks. */
#include "check.h"
#include "fixture.h"

static struct fixture fixture;

static void settings_are_saved_at_most_once_in_five_seconds(void)
{
    fixture_init_connected(&fixture, 0);
    fixture_send_command(&fixture, "interval/set", "3600");
    CHECK(fixture.save_count == 1);
    for (unsigned i = 0; i < 50; i++) {
        fixture_send_command(&fixture, "dim/set", i % 2 == 0 ? "10" : "11");
        fixture_advance(&fixture, 100);
    }
    CHECK(fixture.save_count == 2);
    fixture_advance(&fixture, 5000);
    CHECK(fixture.save_count == 2);
    CHECK(fixture.stored.dim == 11 && fixture.stored.interval_s == 3600);
    fixture_advance(&fixture, 60000);
    fixture_send_command(&fixture, "dim/set", "11");
    CHECK(fixture.save_count == 2);
}

static void settings_survive_a_power_cycle(void)
{
    fixture_init_connected(&fixture, 0);
    fixture_send_command(&fixture, "lamp/set", "ON");
    fixture_send_command(&fixture, "dim/set", "42");
    fixture_send_command(&fixture, "color/set", "#102030");
    fixture_send_command(&fixture, "mode/set", "blink");
    fixture_send_command(&fixture, "interval/set", "77");
    fixture_advance(&fixture, 5000);
    const struct settings stored = fixture.stored;
    const struct device_port port = fixture.device.port;
    const struct device_identity identity = {.id = "abc"};
    CHECK(device_init(&fixture.device, &port, &identity, &stored, 0));
    CHECK(fixture.light.level == 420 && fixture.light.red == 0x10 && fixture.light.blue == 0x30);
    fixture_clear_records(&fixture);
    device_on_connected(&fixture.device, NULL, 0);
    CHECK_TEXT(fixture_last_payload(&fixture, "lamp/state"), "ON");
    CHECK_TEXT(fixture_last_payload(&fixture, "dim/state"), "42");
    CHECK_TEXT(fixture_last_payload(&fixture, "color/state"), "#102030");
    CHECK_TEXT(fixture_last_payload(&fixture, "mode/state"), "blink");
    CHECK_TEXT(fixture_last_payload(&fixture, "interval/state"), "77");
    CHECK_TEXT(fixture_last_payload(&fixture, "info"), "{\"firmware\":\"" DEVICE_FIRMWARE_VERSION "\"}");
    CHECK(fixture.save_count == 0);
}

static void settings_out_of_range_become_the_defaults(void)
{
    const struct settings damaged = {.lamp = true, .dim = 101, .mode = MODE_COUNT, .interval_s = 0};
    const struct settings sanitized = settings_sanitize(damaged);
    CHECK(sanitized.lamp && sanitized.dim == 100 && sanitized.mode == MODE_STEADY && sanitized.interval_s == 10);
    const struct settings too_long = {.interval_s = 3601};
    CHECK(settings_sanitize(too_long).interval_s == 10);
}

static void settings_save_failure_is_reported_once_and_retried(void)
{
    fixture_init_connected(&fixture, 0);
    fixture.save_fails = true;
    fixture_send_command(&fixture, "dim/set", "7");
    CHECK_TEXT(fixture_last_payload(&fixture, "error"), "esp32/abc/settings: could not be stored");
    fixture_clear_records(&fixture);
    fixture_advance(&fixture, 20000);
    CHECK(fixture.save_count == 4);
    CHECK(fixture_count_messages(&fixture, "error") == 0);
    fixture.save_fails = false;
    fixture_advance(&fixture, 5000);
    CHECK(fixture.stored.dim == 7);
    fixture_clear_records(&fixture);
    fixture_advance(&fixture, 20000);
    CHECK(fixture.save_count == 0);
}

int main(void)
{
    RUN(settings_are_saved_at_most_once_in_five_seconds);
    RUN(settings_survive_a_power_cycle);
    RUN(settings_out_of_range_become_the_defaults);
    RUN(settings_save_failure_is_reported_once_and_retried);
    return check_end();
}
