/* What depends on the very moment: presses, the animated lamp, the wrap of the clock. */
#include "bench.h"
#include "check.h"

static struct bench bench;

static void presses_are_told(void)
{
    bench_online(&bench, 0);
    device_set_button(&bench.device, true, bench.now);
    bench_pass(&bench, 100);
    device_set_button(&bench.device, false, bench.now);
    bench_pass(&bench, 100);
    CHECK_TEXT(bench_said(&bench, "button"), "short");
    device_set_button(&bench.device, true, bench.now);
    bench_pass(&bench, 799);
    CHECK(bench_count(&bench, "button") == 1);
    bench_pass(&bench, 1);
    CHECK_TEXT(bench_said(&bench, "button"), "long");
    CHECK(bench_last(&bench, "button")->qos == 1 && !bench_last(&bench, "button")->retain);
    bench_pass(&bench, 5000);
    device_set_button(&bench.device, false, bench.now);
    bench_pass(&bench, 5000);
    CHECK(bench_count(&bench, "button") == 2);
}

static void bounce_is_not_a_press(void)
{
    bench_online(&bench, 0);
    for (unsigned i = 0; i < 200; i++) {
        device_set_button(&bench.device, i % 2 == 0, bench.now);
        bench_pass(&bench, i % 29);
    }
    CHECK(bench_count(&bench, "button") == 0);
    bench_pass(&bench, 100);
    CHECK(bench_count(&bench, "button") == 0);
    for (unsigned i = 0; i < 10; i++) {
        device_set_button(&bench.device, i % 2 == 0, bench.now);
        bench_pass(&bench, 5);
    }
    device_set_button(&bench.device, true, bench.now);
    bench_pass(&bench, 200);
    for (unsigned i = 0; i < 11; i++) {
        device_set_button(&bench.device, i % 2 == 1, bench.now);
        bench_pass(&bench, 5);
    }
    bench_pass(&bench, 200);
    CHECK(bench_count(&bench, "button") == 1);
}

static void press(bool stay_long)
{
    device_set_button(&bench.device, true, bench.now);
    bench_pass(&bench, stay_long ? 1000 : 100);
    device_set_button(&bench.device, false, bench.now);
    bench_pass(&bench, 100);
}

static void presses_wait_for_the_outbox_in_order(void)
{
    bench_online(&bench, 0);
    bench_send(&bench, "interval/set", "3600");
    bench_forget(&bench);
    bench.room = 0;
    press(false);
    press(true);
    press(false);
    bench.room = UINT32_MAX;
    bench_pass(&bench, 300);
    CHECK(bench.published == 3);
    CHECK_TEXT(bench.log[0].payload, "short");
    CHECK_TEXT(bench.log[1].payload, "long");
    CHECK_TEXT(bench.log[2].payload, "short");
    bench_forget(&bench);
    bench.room = 0;
    for (unsigned i = 0; i < DEVICE_MAX_PENDING_PRESSES + 3; i++) {
        press(false);
    }
    bench.room = UINT32_MAX;
    bench_pass(&bench, 300);
    CHECK(bench_count(&bench, "button") == DEVICE_MAX_PENDING_PRESSES);
    CHECK_TEXT(bench_said(&bench, "error"), "esp32/abc/button: presses were lost, the outbox was full (last of 3)");
}

static void presses_without_a_line_are_forgotten(void)
{
    bench_start(&bench, 0);
    press(false);
    device_on_connected(&bench.device, NULL, bench.now);
    CHECK(bench_count(&bench, "button") == 0);
}

static void the_lamp_is_animated(void)
{
    bench_online(&bench, 0);
    bench_send(&bench, "interval/set", "3600");
    bench_send(&bench, "dim/set", "50");
    bench_send(&bench, "color/set", "#0A0B0C");
    bench_send(&bench, "lamp/set", "ON");
    CHECK(bench.light.level == 500 && bench.light.green == 0x0B);
    bench_pass(&bench, 10000);
    bench_forget(&bench);
    CHECK(bench_pass(&bench, 60000) == 0);
    bench_send(&bench, "mode/set", "blink");
    CHECK(bench.light.level == 500);
    bench_pass(&bench, 499);
    CHECK(bench.light.level == 500);
    bench_pass(&bench, 1);
    CHECK(bench.light.level == 0);
    bench_pass(&bench, 500);
    CHECK(bench.light.level == 500);
    bench_send(&bench, "mode/set", "breathe");
    CHECK(bench.light.level == 0);
    bench_pass(&bench, 2000);
    CHECK(bench.light.level == 500);
    bench_forget(&bench);
    bench_pass(&bench, 4000);
    CHECK(bench.light.level == 500);
    CHECK(bench.lights > 150 && bench.lights <= 200);
    bench_send(&bench, "lamp/set", "OFF");
    CHECK(bench.light.level == 0);
    bench_pass(&bench, 5000);
    CHECK(bench_pass(&bench, 10000) == 0);
}

static void the_clock_may_wrap(void)
{
    bench_online(&bench, UINT32_MAX - 4999u);
    bench_send(&bench, "lamp/set", "ON");
    bench_send(&bench, "mode/set", "blink");
    bench_forget(&bench);
    bench_pass(&bench, 60000);
    CHECK(bench.now == 55000);
    CHECK(bench_count(&bench, "telemetry") == 6);
    CHECK_TEXT(bench_said(&bench, "telemetry"), "{\"uptime\":60}");
    CHECK(bench.lights == 120);
    bench_online(&bench, UINT32_MAX - 50u);
    press(true);
    CHECK_TEXT(bench_said(&bench, "button"), "long");
    bench_online(&bench, UINT32_MAX - 100u);
    bench.room = 0;
    bench_send(&bench, "dim/set", "1");
    bench.room = UINT32_MAX;
    bench_pass(&bench, DEVICE_RETRY_DELAY_MS);
    CHECK_TEXT(bench_said(&bench, "dim/state"), "1");
    bench_send(&bench, "dim/set", "2");
    bench_pass(&bench, DEVICE_SAVE_INTERVAL_MS);
    CHECK(bench.stored.dim == 2);
}

static void a_hundred_days_pass(void)
{
    bench_online(&bench, 12345);
    bench_send(&bench, "interval/set", "3600");
    for (unsigned day = 0; day < 100; day++) {
        bench_forget(&bench);
        bench_pass(&bench, 24u * 3600u * 1000u);
        CHECK(bench_count(&bench, "telemetry") == 24);
    }
    CHECK_TEXT(bench_said(&bench, "telemetry"), "{\"uptime\":8640000}");
    bench_forget(&bench);
    bench_send(&bench, "dim/set", "3");
    CHECK(bench.saves == 1);
    device_on_disconnected(&bench.device, bench.now);
    for (unsigned day = 0; day < 40; day++) {
        bench_pass(&bench, 24u * 3600u * 1000u);
    }
    bench_forget(&bench);
    bench_send(&bench, "dim/set", "4");
    CHECK(bench.saves == 1);
    device_on_connected(&bench.device, NULL, bench.now);
    CHECK_TEXT(bench_said(&bench, "telemetry"), "{\"uptime\":12096000}");
}

static void a_clock_that_steps_back_stands_still(void)
{
    bench_online(&bench, 100000);
    bench_send(&bench, "lamp/set", "ON");
    device_tick(&bench.device, 90000);
    CHECK(bench_count(&bench, "telemetry") == 0);
    CHECK(device_ms_until_tick(&bench.device, 90000) == 10000);
    bench_forget(&bench);
    bench_pass(&bench, 10000);
    CHECK_TEXT(bench_said(&bench, "telemetry"), "{\"uptime\":10}");
}

static void a_late_wake_up_gives_one_telemetry(void)
{
    bench_online(&bench, 0);
    device_tick(&bench.device, 95000);
    CHECK(bench_count(&bench, "telemetry") == 1);
    CHECK(device_ms_until_tick(&bench.device, 95000) == 10000);
    CHECK(device_ms_until_tick(&bench.device, 99000) == 6000);
    CHECK(device_ms_until_tick(&bench.device, 999000) == 0);
}

int main(void)
{
    RUN(presses_are_told);
    RUN(bounce_is_not_a_press);
    RUN(presses_wait_for_the_outbox_in_order);
    RUN(presses_without_a_line_are_forgotten);
    RUN(the_lamp_is_animated);
    RUN(the_clock_may_wrap);
    RUN(a_hundred_days_pass);
    RUN(a_clock_that_steps_back_stands_still);
    RUN(a_late_wake_up_gives_one_telemetry);
    return check_end();
}
