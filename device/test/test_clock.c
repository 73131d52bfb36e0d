/* Long runs and a clock that wraps around or goes back. */
#include "check.h"
#include "fixture.h"

static struct fixture fixture;

static void clock_wraparound_does_not_disturb_any_timer(void)
{
    fixture_init_connected(&fixture, UINT32_MAX - 4999u);
    fixture_send_command(&fixture, "lamp/set", "ON");
    fixture_send_command(&fixture, "mode/set", "blink");
    fixture_clear_records(&fixture);
    fixture_advance(&fixture, 60000);
    CHECK(fixture.now == 55000);
    CHECK(fixture_count_messages(&fixture, "telemetry") == 6);
    CHECK_TEXT(fixture_last_payload(&fixture, "telemetry"), "{\"uptime\":60}");
    CHECK(fixture.light_count == 120);
    fixture_init_connected(&fixture, UINT32_MAX - 50u);
    fixture_press_button(&fixture, 1000);
    CHECK_TEXT(fixture_last_payload(&fixture, "button"), "long");
    fixture_init_connected(&fixture, UINT32_MAX - 100u);
    fixture.queue_space = 0;
    fixture_send_command(&fixture, "dim/set", "1");
    fixture.queue_space = UINT32_MAX;
    fixture_advance(&fixture, DEVICE_RETRY_DELAY_MS);
    CHECK_TEXT(fixture_last_payload(&fixture, "dim/state"), "1");
    fixture_send_command(&fixture, "dim/set", "2");
    fixture_advance(&fixture, DEVICE_SAVE_INTERVAL_MS);
    CHECK(fixture.stored.dim == 2);
}

static void uptime_counts_140_days(void)
{
    fixture_init_connected(&fixture, 12345);
    fixture_send_command(&fixture, "interval/set", "3600");
    for (unsigned day = 0; day < 100; day++) {
        fixture_clear_records(&fixture);
        fixture_advance(&fixture, 24u * 3600u * 1000u);
        CHECK(fixture_count_messages(&fixture, "telemetry") == 24);
    }
    CHECK_TEXT(fixture_last_payload(&fixture, "telemetry"), "{\"uptime\":8640000}");
    fixture_clear_records(&fixture);
    fixture_send_command(&fixture, "dim/set", "3");
    CHECK(fixture.save_count == 1);
    device_on_disconnected(&fixture.device, fixture.now);
    for (unsigned day = 0; day < 40; day++) {
        fixture_advance(&fixture, 24u * 3600u * 1000u);
    }
    fixture_clear_records(&fixture);
    fixture_send_command(&fixture, "dim/set", "4");
    CHECK(fixture.save_count == 1);
    device_on_connected(&fixture.device, NULL, fixture.now);
    CHECK_TEXT(fixture_last_payload(&fixture, "telemetry"), "{\"uptime\":12096000}");
}

static void clock_that_goes_back_stands_still(void)
{
    fixture_init_connected(&fixture, 100000);
    fixture_send_command(&fixture, "lamp/set", "ON");
    device_tick(&fixture.device, 90000);
    CHECK(fixture_count_messages(&fixture, "telemetry") == 0);
    CHECK(device_ms_until_tick(&fixture.device, 90000) == 10000);
    fixture_clear_records(&fixture);
    fixture_advance(&fixture, 10000);
    CHECK_TEXT(fixture_last_payload(&fixture, "telemetry"), "{\"uptime\":10}");
}

int main(void)
{
    RUN(clock_wraparound_does_not_disturb_any_timer);
    RUN(uptime_counts_140_days);
    RUN(clock_that_goes_back_stands_still);
    return check_end();
}
