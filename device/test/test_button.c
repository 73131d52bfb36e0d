/* The button: press lengths, debouncing, and pending presses. */
#include "check.h"
#include "fixture.h"

static struct fixture fixture;

static void button_publishes_short_and_long_presses(void)
{
    fixture_init_connected(&fixture, 0);
    device_set_button(&fixture.device, true, fixture.now);
    fixture_advance(&fixture, 100);
    device_set_button(&fixture.device, false, fixture.now);
    fixture_advance(&fixture, 100);
    CHECK_TEXT(fixture_last_payload(&fixture, "button"), "short");
    device_set_button(&fixture.device, true, fixture.now);
    fixture_advance(&fixture, 799);
    CHECK(fixture_count_messages(&fixture, "button") == 1);
    fixture_advance(&fixture, 1);
    CHECK_TEXT(fixture_last_payload(&fixture, "button"), "long");
    CHECK(fixture_last_message(&fixture, "button")->qos == 1 && !fixture_last_message(&fixture, "button")->retain);
    fixture_advance(&fixture, 5000);
    device_set_button(&fixture.device, false, fixture.now);
    fixture_advance(&fixture, 5000);
    CHECK(fixture_count_messages(&fixture, "button") == 2);
}

static void button_ignores_contact_bounce(void)
{
    fixture_init_connected(&fixture, 0);
    for (unsigned i = 0; i < 200; i++) {
        device_set_button(&fixture.device, i % 2 == 0, fixture.now);
        fixture_advance(&fixture, i % 29);
    }
    CHECK(fixture_count_messages(&fixture, "button") == 0);
    fixture_advance(&fixture, 100);
    CHECK(fixture_count_messages(&fixture, "button") == 0);
    for (unsigned i = 0; i < 10; i++) {
        device_set_button(&fixture.device, i % 2 == 0, fixture.now);
        fixture_advance(&fixture, 5);
    }
    device_set_button(&fixture.device, true, fixture.now);
    fixture_advance(&fixture, 200);
    for (unsigned i = 0; i < 11; i++) {
        device_set_button(&fixture.device, i % 2 == 1, fixture.now);
        fixture_advance(&fixture, 5);
    }
    fixture_advance(&fixture, 200);
    CHECK(fixture_count_messages(&fixture, "button") == 1);
}

static void button_presses_are_published_in_order_once_the_queue_has_room(void)
{
    fixture_init_connected(&fixture, 0);
    fixture_send_command(&fixture, "interval/set", "3600");
    fixture_clear_records(&fixture);
    fixture.queue_space = 0;
    fixture_press_button(&fixture, 100);
    fixture_press_button(&fixture, 1000);
    fixture_press_button(&fixture, 100);
    fixture.queue_space = UINT32_MAX;
    fixture_advance(&fixture, 300);
    CHECK(fixture.message_count == 3);
    CHECK_TEXT(fixture.log[0].payload, "short");
    CHECK_TEXT(fixture.log[1].payload, "long");
    CHECK_TEXT(fixture.log[2].payload, "short");
    fixture_clear_records(&fixture);
    fixture.queue_space = 0;
    for (unsigned i = 0; i < DEVICE_MAX_PENDING_PRESSES + 3; i++) {
        fixture_press_button(&fixture, 100);
    }
    fixture.queue_space = UINT32_MAX;
    fixture_advance(&fixture, 300);
    CHECK(fixture_count_messages(&fixture, "button") == DEVICE_MAX_PENDING_PRESSES);
    CHECK_TEXT(fixture_last_payload(&fixture, "error"),
               "esp32/abc/button: presses were lost, the outbox was full (last of 3)");
}

static void button_press_while_disconnected_is_discarded(void)
{
    fixture_init(&fixture, 0);
    fixture_press_button(&fixture, 100);
    device_on_connected(&fixture.device, NULL, fixture.now);
    CHECK(fixture_count_messages(&fixture, "button") == 0);
}

int main(void)
{
    RUN(button_publishes_short_and_long_presses);
    RUN(button_ignores_contact_bounce);
    RUN(button_presses_are_published_in_order_once_the_queue_has_room);
    RUN(button_press_while_disconnected_is_discarded);
    return check_end();
}
