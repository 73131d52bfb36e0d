/* The outbox while the MQTT client's queue is full. */
#include "check.h"
#include "fixture.h"

static struct fixture fixture;

static void outbox_keeps_all_items_while_the_client_queue_is_full(void)
{
    fixture_init_connected(&fixture, 0);
    fixture.queue_space = 0;
    fixture_send_command(&fixture, "lamp/set", "ON");
    fixture_send_command(&fixture, "dim/set", "1e3");
    fixture_send_command(&fixture, "dim/set", "101");
    fixture_send_command(&fixture, "color/set", "#010203");
    fixture_send_command(&fixture, "fan/set", "1");
    CHECK(fixture.message_count == 0);
    CHECK(device_get_settings(&fixture.device).lamp);
    CHECK(device_ms_until_tick(&fixture.device, fixture.now) == DEVICE_RETRY_DELAY_MS);
    const unsigned ticks = fixture_advance(&fixture, 8000);
    CHECK(fixture.message_count == 0);
    CHECK(ticks >= 31 && ticks <= 34);
    fixture.queue_space = 2;
    fixture_advance(&fixture, DEVICE_RETRY_DELAY_MS);
    CHECK(fixture.message_count == 2);
    fixture.queue_space = UINT32_MAX;
    fixture_advance(&fixture, DEVICE_RETRY_DELAY_MS);
    CHECK(fixture.message_count == 5);
    CHECK_TEXT(fixture.log[0].payload, "esp32/abc/dim/set: must be a whole number from 0 to 100 (last of 2)");
    CHECK(strncmp(fixture.log[1].payload, "esp32/abc/fan/set: unknown", 26) == 0);
    CHECK_TEXT(fixture_last_payload(&fixture, "lamp/state"), "ON");
    CHECK_TEXT(fixture_last_payload(&fixture, "dim/state"), "100");
    CHECK_TEXT(fixture_last_payload(&fixture, "color/state"), "#010203");
    fixture_clear_records(&fixture);
    fixture_advance(&fixture, 500);
    CHECK(fixture.message_count == 0);
}

static void outbox_publishes_everything_through_a_queue_with_one_free_slot(void)
{
    fixture_init(&fixture, 0);
    fixture.queue_space = 0;
    device_on_connected(&fixture.device, NULL, 0);
    for (unsigned i = 0; i < 10; i++) {
        CHECK(fixture.message_count == (i > 0 ? i - 1 : 0));
        fixture.queue_space = 1;
        fixture_advance(&fixture, DEVICE_RETRY_DELAY_MS);
    }
    CHECK(fixture.subscription_count == 1);
    CHECK(fixture.message_count == 9);
    CHECK_TEXT(fixture.log[0].topic, "esp32/abc/status");
    CHECK_TEXT(fixture.log[8].topic, "homeassistant/device/abc/config");
}

static void outbox_does_not_read_sensors_on_every_tick_while_the_queue_is_full(void)
{
    fixture_init_connected(&fixture, 0);
    fixture_send_command(&fixture, "lamp/set", "ON");
    fixture_send_command(&fixture, "mode/set", "breathe");
    fixture_advance(&fixture, 9990);
    fixture_clear_records(&fixture);
    fixture.queue_space = 0;
    fixture_advance(&fixture, 1010);
    CHECK(fixture.sensor_read_count >= 4 && fixture.sensor_read_count <= 5);
    CHECK(fixture.light_count > 10);
}

int main(void)
{
    RUN(outbox_keeps_all_items_while_the_client_queue_is_full);
    RUN(outbox_publishes_everything_through_a_queue_with_one_free_slot);
    RUN(outbox_does_not_read_sensors_on_every_tick_while_the_queue_is_full);
    return check_end();
}
