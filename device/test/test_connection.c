/* Connecting, disconnecting, and commands that are lost in between. */
#include "check.h"
#include "fixture.h"

static struct fixture fixture;

static void connect_subscribes_and_publishes_everything_again(void)
{
    fixture_init_connected(&fixture, 0);
    for (unsigned i = 0; i < 3; i++) {
        device_on_disconnected(&fixture.device, fixture.now);
        fixture_clear_records(&fixture);
        device_on_connected(&fixture.device, NULL, fixture.now);
        CHECK(fixture.subscription_count == 1 && fixture.message_count == 9);
    }
}

static void command_received_while_disconnected_is_executed(void)
{
    fixture_init_connected(&fixture, 0);
    device_on_disconnected(&fixture.device, 0);
    fixture_send_command(&fixture, "lamp/set", "ON");
    fixture_send_command(&fixture, "dim/set", "101");
    fixture_advance(&fixture, 100000);
    CHECK(fixture.message_count == 0 && fixture.sensor_read_count == 0);
    CHECK(fixture.light.level == LIGHT_LEVEL_MAX);
    device_on_connected(&fixture.device, "192.0.2.8", fixture.now);
    CHECK_TEXT(fixture_last_payload(&fixture, "lamp/state"), "ON");
    CHECK_TEXT(fixture_last_payload(&fixture, "error"), "esp32/abc/dim/set: must be a whole number from 0 to 100");
    CHECK(strstr(fixture_last_payload(&fixture, "info"), "192.0.2.8") != NULL);
    CHECK_TEXT(fixture_last_payload(&fixture, "telemetry"), "{\"uptime\":100}");
}

static void lost_commands_are_reported_with_all_states(void)
{
    fixture_init_connected(&fixture, 0);
    device_report_lost_commands(&fixture.device, 0);
    CHECK(fixture.message_count == 6);
    CHECK_TEXT(fixture_last_payload(&fixture, "error"), "esp32/abc/+/set: commands were lost, they came too fast");
    CHECK_TEXT(fixture_last_payload(&fixture, "lamp/state"), "OFF");
}

static void go_offline_publishes_offline_once(void)
{
    fixture_init_connected(&fixture, 0);
    CHECK(device_go_offline(&fixture.device, 0));
    CHECK_TEXT(fixture_last_payload(&fixture, "status"), "offline");
    CHECK(fixture_last_message(&fixture, "status")->retain);
    fixture_advance(&fixture, 100000);
    CHECK(fixture.message_count == 1);
    CHECK(!device_go_offline(&fixture.device, fixture.now));
    fixture_init_connected(&fixture, 0);
    fixture.queue_space = 0;
    CHECK(!device_go_offline(&fixture.device, 0));
}

int main(void)
{
    RUN(connect_subscribes_and_publishes_everything_again);
    RUN(command_received_while_disconnected_is_executed);
    RUN(lost_commands_are_reported_with_all_states);
    RUN(go_offline_publishes_offline_once);
    return check_end();
}
