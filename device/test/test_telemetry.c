/* Telemetry: when it is published and what it contains. */
#include "check.h"
#include "fixture.h"

static struct fixture fixture;

static void telemetry_is_published_once_per_interval(void)
{
    fixture_init_connected(&fixture, 0);
    fixture_send_command(&fixture, "interval/set", "2");
    fixture_clear_records(&fixture);
    const unsigned ticks = fixture_advance(&fixture, 20000);
    CHECK(fixture_count_messages(&fixture, "telemetry") == 10);
    CHECK(fixture.sensor_read_count == 10);
    CHECK(ticks <= 11);
    CHECK_TEXT(fixture_last_payload(&fixture, "telemetry"), "{\"uptime\":20}");
}

static void telemetry_is_due_earlier_after_the_interval_is_shortened(void)
{
    fixture_init_connected(&fixture, 0);
    fixture_send_command(&fixture, "interval/set", "3600");
    fixture_advance(&fixture, 30000);
    fixture_clear_records(&fixture);
    fixture_send_command(&fixture, "interval/set", "60");
    CHECK(fixture_count_messages(&fixture, "telemetry") == 0);
    fixture_advance(&fixture, 30000);
    CHECK(fixture_count_messages(&fixture, "telemetry") == 1);
    fixture_clear_records(&fixture);
    fixture_advance(&fixture, 10000);
    fixture_send_command(&fixture, "interval/set", "5");
    CHECK(fixture_count_messages(&fixture, "telemetry") == 1);
    fixture_advance(&fixture, 5000);
    CHECK(fixture_count_messages(&fixture, "telemetry") == 2);
}

static void telemetry_contains_only_sensors_with_a_value(void)
{
    fixture_init_connected(&fixture, 0);
    fixture.readings = (struct device_readings){.has_temperature = true, .temperature_centi = 2150};
    fixture_advance(&fixture, 10000);
    CHECK_TEXT(fixture_last_payload(&fixture, "telemetry"), "{\"temperature\":21.50,\"uptime\":10}");
    fixture.readings.temperature_centi = -5;
    fixture_advance(&fixture, 10000);
    CHECK_TEXT(fixture_last_payload(&fixture, "telemetry"), "{\"temperature\":-0.05,\"uptime\":20}");
    fixture.readings = (struct device_readings){.has_temperature = true,
                                                .has_adc = true,
                                                .has_rssi = true,
                                                .has_heap = true,
                                                .temperature_centi = INT32_MIN,
                                                .adc_mv = UINT32_MAX,
                                                .rssi_dbm = INT32_MIN,
                                                .heap_bytes = UINT32_MAX};
    fixture_advance(&fixture, 10000);
    CHECK_TEXT(fixture_last_payload(&fixture, "telemetry"), "{\"temperature\":-21474836.48,\"adc\":4294967295,"
                                                            "\"rssi\":-2147483648,\"heap\":4294967295,\"uptime\":30}");
    CHECK(fixture_last_message(&fixture, "telemetry")->qos == 0 &&
          !fixture_last_message(&fixture, "telemetry")->retain);
}

static void telemetry_is_published_once_after_a_late_tick(void)
{
    fixture_init_connected(&fixture, 0);
    device_tick(&fixture.device, 95000);
    CHECK(fixture_count_messages(&fixture, "telemetry") == 1);
    CHECK(device_ms_until_tick(&fixture.device, 95000) == 10000);
    CHECK(device_ms_until_tick(&fixture.device, 99000) == 6000);
    CHECK(device_ms_until_tick(&fixture.device, 999000) == 0);
}

static void sensors_are_read_only_for_telemetry(void)
{
    fixture_init_connected(&fixture, 0);
    for (unsigned i = 0; i < 100; i++) {
        fixture_send_command(&fixture, "dim/set", "5");
        device_tick(&fixture.device, fixture.now);
        device_set_button(&fixture.device, i % 2 == 0, fixture.now);
    }
    CHECK(fixture.sensor_read_count == 0);
}

int main(void)
{
    RUN(telemetry_is_published_once_per_interval);
    RUN(telemetry_is_due_earlier_after_the_interval_is_shortened);
    RUN(telemetry_contains_only_sensors_with_a_value);
    RUN(telemetry_is_published_once_after_a_late_tick);
    RUN(sensors_are_read_only_for_telemetry);
    return check_end();
}
