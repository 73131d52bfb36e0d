/* The MQTT contract of ../README.md as tables: all topics published, and commands that are accepted or rejected. */
#include "check.h"
#include "fixture.h"

/* A message that the device publishes when it connects. */
struct announcement {
    const char *topic;
    const char *payload; /* NULL: not compared here */
    int qos;
    bool retain;
};

static const struct announcement ANNOUNCEMENTS[] = {
    {"esp32/abc/status", "online", 1, true},
    {"esp32/abc/info",
     "{\"chip\":\"esp32c3\",\"firmware\":\"" DEVICE_FIRMWARE_VERSION "\",\"sdk\":\"v5.5.1\",\"ip\":\"192.0.2.7\","
     "\"mac\":\"02:00:00:00:0a:bc\",\"reset\":\"power on\"}",
     1, true},
    {"esp32/abc/lamp/state", "OFF", 1, true},
    {"esp32/abc/dim/state", "100", 1, true},
    {"esp32/abc/color/state", "#FFFFFF", 1, true},
    {"esp32/abc/mode/state", "steady", 1, true},
    {"esp32/abc/interval/state", "10", 1, true},
    {"esp32/abc/telemetry", "{\"uptime\":0}", 0, false},
    {"homeassistant/device/abc/config", NULL, 1, true},
};

/* A command and the state that it leads to. */
struct accepted {
    const char *property;
    const char *payload;
    const char *state;
};

static const struct accepted ACCEPTED[] = {
    {"lamp", "ON", "ON"},
    {"lamp", "OFF", "OFF"},
    {"dim", "0", "0"},
    {"dim", "1", "1"},
    {"dim", "99", "99"},
    {"dim", "100", "100"},
    {"color", "#000000", "#000000"},
    {"color", "#ff8800", "#FF8800"},
    {"color", "#FF8800", "#FF8800"},
    {"color", "#aBcDeF", "#ABCDEF"},
    {"mode", "steady", "steady"},
    {"mode", "blink", "blink"},
    {"mode", "breathe", "breathe"},
    {"interval", "1", "1"},
    {"interval", "3600", "3600"},
};

/* A command that is rejected, and the error. */
struct rejected {
    const char *property;
    const char *payload;
    size_t length; /* bytes; 0: up to the NUL */
    const char *error;
};

#define LAMP "must be ON or OFF"
#define DIM "must be a whole number from 0 to 100"
#define COLOR "must be a color like #FF8800"
#define MODE "must be steady, blink or breathe"
#define INTERVAL "must be a whole number from 1 to 3600"
#define EMPTY "the payload is empty"
#define TOO_LONG "the payload is too long"
#define UNKNOWN "unknown; known are lamp, dim, color, mode and interval"

static const char NULS[5120];

static const struct rejected REJECTED[] = {
    {"lamp", "", 0, EMPTY},
    {"dim", "", 0, EMPTY},
    {"color", "", 0, EMPTY},
    {"mode", "", 0, EMPTY},
    {"interval", "", 0, EMPTY},
    {"lamp", NULS, 5120, TOO_LONG},
    {"dim", NULS, 65, TOO_LONG},
    {"color", NULS, 5120, TOO_LONG},
    {"mode", NULS, 5120, TOO_LONG},
    {"interval", NULS, 5120, TOO_LONG},
    {"lamp", NULS, 1, LAMP},
    {"lamp", NULS, 2, LAMP},
    {"dim", NULS, 64, DIM},
    {"color", NULS, 7, COLOR},
    {"mode", NULS, 6, MODE},
    {"interval", NULS, 4, INTERVAL},
    {"lamp", "on", 0, LAMP},
    {"lamp", "1", 0, LAMP},
    {"lamp", "ON ", 0, LAMP},
    {"lamp", "ON\0", 3, LAMP},
    {"lamp", "ON\n", 0, LAMP},
    {"lamp", "TOGGLE", 0, LAMP},
    {"dim", "101", 0, DIM},
    {"dim", "1e3", 0, DIM},
    {"dim", "1e1", 0, DIM},
    {"dim", "-1", 0, DIM},
    {"dim", "+5", 0, DIM},
    {"dim", "50.0", 0, DIM},
    {"dim", " 50", 0, DIM},
    {"dim", "050", 0, DIM},
    {"dim", "0x10", 0, DIM},
    {"dim", "5\0", 2, DIM},
    {"dim", "4294967346", 0, DIM},
    {"dim", "99999999999999999999", 0, DIM},
    {"dim", "NaN", 0, DIM},
    {"color", "FF8800", 0, COLOR},
    {"color", "FF88001", 0, COLOR},
    {"color", "#FF880", 0, COLOR},
    {"color", "#FF88001", 0, COLOR},
    {"color", "#GG8800", 0, COLOR},
    {"color", "#FF880\0", 7, COLOR},
    {"color", "##F8800", 0, COLOR},
    {"color", "orange", 0, COLOR},
    {"mode", "Steady", 0, MODE},
    {"mode", "strobe", 0, MODE},
    {"mode", "blink\0", 6, MODE},
    {"mode", "blin", 0, MODE},
    {"interval", "0", 0, INTERVAL},
    {"interval", "3601", 0, INTERVAL},
    {"interval", "10000", 0, INTERVAL},
    {"interval", "-1", 0, INTERVAL},
    {"interval", "1.5", 0, INTERVAL},
    {"interval", "ten", 0, INTERVAL},
    {"fan", "ON", 0, UNKNOWN},
    {"Lamp", "ON", 0, UNKNOWN},
    {"", "ON", 0, UNKNOWN},
    {"a-name-of-exactly-32-characters.", "", 0, UNKNOWN},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct fixture fixture;

static void connect_publishes_every_topic_in_order(void)
{
    fixture_init(&fixture, 0);
    fixture_clear_records(&fixture);
    device_on_connected(&fixture.device, "192.0.2.7", 0);
    CHECK(fixture.subscription_count == 1);
    CHECK_TEXT(fixture.filter, "esp32/abc/+/set");
    CHECK(fixture.message_count == COUNT(ANNOUNCEMENTS));
    for (unsigned i = 0; i < COUNT(ANNOUNCEMENTS); i++) {
        CHECK_TEXT(fixture.log[i].topic, ANNOUNCEMENTS[i].topic);
        CHECK(fixture.log[i].qos == ANNOUNCEMENTS[i].qos);
        CHECK(fixture.log[i].retain == ANNOUNCEMENTS[i].retain);
        if (ANNOUNCEMENTS[i].payload != NULL) {
            CHECK_TEXT(fixture.log[i].payload, ANNOUNCEMENTS[i].payload);
        }
    }
}

static void check_accepted(const struct accepted *row)
{
    char set[64];
    char state[64];
    snprintf(set, sizeof set, "%s/set", row->property);
    snprintf(state, sizeof state, "%s/state", row->property);
    fixture_clear_records(&fixture);
    fixture_send_command(&fixture, set, row->payload);
    CHECK(fixture_count_messages(&fixture, state) == 1);
    CHECK(fixture_count_messages(&fixture, "error") == 0);
    CHECK_TEXT(fixture_last_payload(&fixture, state), row->state);
    CHECK(fixture_last_message(&fixture, state)->qos == 1 && fixture_last_message(&fixture, state)->retain);
}

static void valid_command_is_answered_on_the_state_topic_at_once(void)
{
    fixture_init_connected(&fixture, 0);
    for (unsigned i = 0; i < COUNT(ACCEPTED); i++) {
        check_accepted(&ACCEPTED[i]);
        check_accepted(&ACCEPTED[i]);
    }
}

static void check_rejected(const struct rejected *row)
{
    char set[64];
    char state[64];
    char expected[256];
    const struct settings before = device_get_settings(&fixture.device);
    snprintf(set, sizeof set, "%s/set", row->property);
    snprintf(state, sizeof state, "%s/state", row->property);
    snprintf(expected, sizeof expected, "esp32/abc/%s/set: %s", row->property, row->error);
    fixture_clear_records(&fixture);
    fixture_send_message(&fixture, set, row->payload, row->length > 0 ? row->length : strlen(row->payload), false);
    CHECK_TEXT(fixture_last_payload(&fixture, "error"), expected);
    CHECK(fixture_last_message(&fixture, "error")->qos == 1 && !fixture_last_message(&fixture, "error")->retain);
    CHECK(fixture_count_messages(&fixture, state) == (strcmp(row->error, UNKNOWN) == 0 ? 0 : 1));
    const struct settings after = device_get_settings(&fixture.device);
    CHECK(settings_equal(&before, &after));
    CHECK(fixture.save_count == 0);
}

static void invalid_command_is_answered_on_the_error_topic_and_changes_nothing(void)
{
    fixture_init_connected(&fixture, 0);
    for (unsigned i = 0; i < COUNT(REJECTED); i++) {
        check_rejected(&REJECTED[i]);
    }
}

static void retained_command_is_rejected(void)
{
    for (unsigned i = 0; i < COUNT(ACCEPTED); i++) {
        char set[64];
        char expected[128];
        fixture_init_connected(&fixture, 0);
        const struct settings before = device_get_settings(&fixture.device);
        snprintf(set, sizeof set, "%s/set", ACCEPTED[i].property);
        snprintf(expected, sizeof expected, "esp32/abc/%s/set: retained commands are ignored", ACCEPTED[i].property);
        fixture_send_message(&fixture, set, ACCEPTED[i].payload, strlen(ACCEPTED[i].payload), true);
        CHECK_TEXT(fixture_last_payload(&fixture, "error"), expected);
        const struct settings after = device_get_settings(&fixture.device);
        CHECK(settings_equal(&before, &after));
    }
}

static void message_on_another_topic_is_ignored(void)
{
    static const char *const OTHER[] = {"set",       "lamp",           "lamp/state", "lamp/x/set", "lamp/set/",
                                        "lamp/set2", "lamp/set/value", "status",     "/lamp/set",  "x//set"};
    static const char *const FOREIGN[] = {"",
                                          "/",
                                          "esp32",
                                          "esp32/abc",
                                          "esp32/abd/lamp/set",
                                          "lamp/set",
                                          "esp32/abcd/lamp/set",
                                          "ESP32/abc/lamp/set",
                                          "esp32/abc/set"};
    fixture_init_connected(&fixture, 0);
    for (unsigned i = 0; i < COUNT(OTHER); i++) {
        fixture_send_command(&fixture, OTHER[i], "ON");
    }
    for (unsigned i = 0; i < COUNT(FOREIGN); i++) {
        const struct device_fragment fragment = {FOREIGN[i], strlen(FOREIGN[i]), (const uint8_t *)"ON", 2, 0, 2, false};
        device_receive(&fixture.device, &fragment, 0);
    }
    CHECK(fixture.message_count == 0);
    CHECK(!device_get_settings(&fixture.device).lamp);
}

static void error_for_an_unknown_property_is_printable(void)
{
    fixture_init_connected(&fixture, 0);
    fixture_send_command(&fixture, "\x1b[2J\xff caf\xc3\xa9/set", "ON");
    CHECK_TEXT(fixture_last_payload(&fixture, "error"), "esp32/abc/?[2J?"
                                                        "?caf?"
                                                        "?/set: " UNKNOWN);
    fixture_send_command(&fixture, "0123456789012345678901234567890123456789/set", "ON");
    CHECK_TEXT(fixture_last_payload(&fixture, "error"), "esp32/abc/01234567890123456789012345678901/set: " UNKNOWN);
}

static void device_id_is_validated(void)
{
    static const char *const INVALID[] = {
        "", "a b", "a/b", "a+", "a#", "\xc3\xa9", "012345678901234567890123456789012"};
    static const char *const VALID[] = {"a", "AbC_-9", "01234567890123456789012345678901"};
    for (unsigned i = 0; i < COUNT(INVALID); i++) {
        CHECK(!topic_id_is_valid(INVALID[i]));
    }
    for (unsigned i = 0; i < COUNT(VALID); i++) {
        CHECK(topic_id_is_valid(VALID[i]));
    }
    CHECK(!topic_id_is_valid(NULL));
    fixture_init(&fixture, 0);
    const struct device_port port = fixture.device.port;
    const struct device_identity identity = {.id = "a b"};
    CHECK(!device_init(&fixture.device, &port, &identity, NULL, 0));
    CHECK(device_size() == sizeof(struct device) && device_size() < 4096);
    CHECK(device_alignment() <= device_size());
}

int main(void)
{
    RUN(connect_publishes_every_topic_in_order);
    RUN(valid_command_is_answered_on_the_state_topic_at_once);
    RUN(invalid_command_is_answered_on_the_error_topic_and_changes_nothing);
    RUN(retained_command_is_rejected);
    RUN(message_on_another_topic_is_ignored);
    RUN(error_for_an_unknown_property_is_printable);
    RUN(device_id_is_validated);
    return check_end();
}
