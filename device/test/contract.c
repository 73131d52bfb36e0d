/* The contract of device/README.md as data: every topic that is published, every command that is
 * accepted and every one that is refused. */
#include "bench.h"
#include "check.h"

/* A topic that the device announces when it connects. */
struct announced {
    const char *topic;
    const char *payload; /* NULL: looked at elsewhere */
    int qos;
    bool retain;
};

static const struct announced ANNOUNCED[] = {
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

/* A command and the state that answers it. */
struct accepted {
    const char *thing;
    const char *payload;
    const char *state;
};

static const struct accepted ACCEPTED[] = {
    {"lamp", "ON", "ON"},           {"lamp", "OFF", "OFF"},           {"dim", "0", "0"},
    {"dim", "1", "1"},              {"dim", "99", "99"},              {"dim", "100", "100"},
    {"color", "#000000", "#000000"}, {"color", "#ff8800", "#FF8800"}, {"color", "#FF8800", "#FF8800"},
    {"color", "#aBcDeF", "#ABCDEF"}, {"mode", "steady", "steady"},    {"mode", "blink", "blink"},
    {"mode", "breathe", "breathe"}, {"interval", "1", "1"},           {"interval", "3600", "3600"},
};

/* A command and the reason for its refusal. */
struct refused {
    const char *thing;
    const char *payload;
    size_t length; /* 0: up to the NUL */
    const char *reason;
};

#define LAMP "must be ON or OFF"
#define DIM "must be a whole number from 0 to 100"
#define COLOR "must be a colour like #FF8800"
#define MODE "must be steady, blink or breathe"
#define INTERVAL "must be a whole number from 1 to 3600"
#define EMPTY "the payload is empty"
#define TOO_LONG "the payload is too long"
#define UNKNOWN "unknown; known are lamp, dim, color, mode and interval"

static const char NULS[5120];

static const struct refused REFUSED[] = {
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

static struct bench bench;

static void every_topic_is_announced_in_order(void)
{
    bench_start(&bench, 0);
    bench_forget(&bench);
    device_on_connected(&bench.device, "192.0.2.7", 0);
    CHECK(bench.subscribed == 1);
    CHECK_TEXT(bench.filter, "esp32/abc/+/set");
    CHECK(bench.published == COUNT(ANNOUNCED));
    for (unsigned i = 0; i < COUNT(ANNOUNCED); i++) {
        CHECK_TEXT(bench.log[i].topic, ANNOUNCED[i].topic);
        CHECK(bench.log[i].qos == ANNOUNCED[i].qos);
        CHECK(bench.log[i].retain == ANNOUNCED[i].retain);
        if (ANNOUNCED[i].payload != NULL) {
            CHECK_TEXT(bench.log[i].payload, ANNOUNCED[i].payload);
        }
    }
}

static void check_accepted(const struct accepted *row)
{
    char set[64];
    char state[64];
    snprintf(set, sizeof set, "%s/set", row->thing);
    snprintf(state, sizeof state, "%s/state", row->thing);
    bench_forget(&bench);
    bench_send(&bench, set, row->payload);
    CHECK(bench_count(&bench, state) == 1);
    CHECK(bench_count(&bench, "error") == 0);
    CHECK_TEXT(bench_said(&bench, state), row->state);
    CHECK(bench_last(&bench, state)->qos == 1 && bench_last(&bench, state)->retain);
}

static void every_accepted_command_is_answered_in_the_same_call(void)
{
    bench_online(&bench, 0);
    for (unsigned i = 0; i < COUNT(ACCEPTED); i++) {
        check_accepted(&ACCEPTED[i]);
        check_accepted(&ACCEPTED[i]);
    }
}

static void check_refused(const struct refused *row)
{
    char set[64];
    char state[64];
    char wanted[256];
    const struct settings before = device_get_settings(&bench.device);
    snprintf(set, sizeof set, "%s/set", row->thing);
    snprintf(state, sizeof state, "%s/state", row->thing);
    snprintf(wanted, sizeof wanted, "esp32/abc/%s/set: %s", row->thing, row->reason);
    bench_forget(&bench);
    bench_send_bytes(&bench, set, row->payload, row->length > 0 ? row->length : strlen(row->payload), false);
    CHECK_TEXT(bench_said(&bench, "error"), wanted);
    CHECK(bench_last(&bench, "error")->qos == 1 && !bench_last(&bench, "error")->retain);
    CHECK(bench_count(&bench, state) == (strcmp(row->reason, UNKNOWN) == 0 ? 0 : 1));
    const struct settings after = device_get_settings(&bench.device);
    CHECK(settings_equal(&before, &after));
    CHECK(bench.saves == 0);
}

static void every_refusal_is_answered_and_changes_nothing(void)
{
    bench_online(&bench, 0);
    for (unsigned i = 0; i < COUNT(REFUSED); i++) {
        check_refused(&REFUSED[i]);
    }
}

static void retained_commands_are_refused(void)
{
    for (unsigned i = 0; i < COUNT(ACCEPTED); i++) {
        char set[64];
        char wanted[128];
        bench_online(&bench, 0);
        const struct settings before = device_get_settings(&bench.device);
        snprintf(set, sizeof set, "%s/set", ACCEPTED[i].thing);
        snprintf(wanted, sizeof wanted, "esp32/abc/%s/set: retained commands are ignored", ACCEPTED[i].thing);
        bench_send_bytes(&bench, set, ACCEPTED[i].payload, strlen(ACCEPTED[i].payload), true);
        CHECK_TEXT(bench_said(&bench, "error"), wanted);
        const struct settings after = device_get_settings(&bench.device);
        CHECK(settings_equal(&before, &after));
    }
}

static void other_topics_are_not_commands(void)
{
    static const char *const OTHER[] = {"set",       "lamp",           "lamp/state", "lamp/x/set", "lamp/set/",
                                        "lamp/set2", "lamp/set/value", "status",     "/lamp/set",  "x//set"};
    static const char *const FOREIGN[] = {"",         "/",          "esp32",             "esp32/abc",  "esp32/abd/lamp/set",
                                          "lamp/set", "esp32/abcd/lamp/set", "ESP32/abc/lamp/set", "esp32/abc/set"};
    bench_online(&bench, 0);
    for (unsigned i = 0; i < COUNT(OTHER); i++) {
        bench_send(&bench, OTHER[i], "ON");
    }
    for (unsigned i = 0; i < COUNT(FOREIGN); i++) {
        const struct device_fragment piece = {FOREIGN[i], strlen(FOREIGN[i]), (const uint8_t *)"ON", 2, 0, 2, false};
        device_receive(&bench.device, &piece, 0);
    }
    CHECK(bench.published == 0);
    CHECK(!device_get_settings(&bench.device).lamp);
}

static void an_unknown_name_is_safe_to_print(void)
{
    bench_online(&bench, 0);
    bench_send(&bench, "\x1b[2J\xff caf\xc3\xa9/set", "ON");
    CHECK_TEXT(bench_said(&bench, "error"), "esp32/abc/?[2J?" "?caf?" "?/set: " UNKNOWN);
    bench_send(&bench, "0123456789012345678901234567890123456789/set", "ON");
    CHECK_TEXT(bench_said(&bench, "error"), "esp32/abc/01234567890123456789012345678901/set: " UNKNOWN);
}

static void ids_are_checked(void)
{
    static const char *const BAD[] = {"", "a b", "a/b", "a+", "a#", "\xc3\xa9", "012345678901234567890123456789012"};
    static const char *const GOOD[] = {"a", "AbC_-9", "01234567890123456789012345678901"};
    for (unsigned i = 0; i < COUNT(BAD); i++) {
        CHECK(!topic_id_is_valid(BAD[i]));
    }
    for (unsigned i = 0; i < COUNT(GOOD); i++) {
        CHECK(topic_id_is_valid(GOOD[i]));
    }
    CHECK(!topic_id_is_valid(NULL));
    bench_start(&bench, 0);
    const struct device_port port = bench.device.port;
    const struct device_identity identity = {.id = "a b"};
    CHECK(!device_init(&bench.device, &port, &identity, NULL, 0));
    CHECK(device_size() == sizeof(struct device) && device_size() < 4096);
    CHECK(device_alignment() <= device_size());
}

int main(void)
{
    RUN(every_topic_is_announced_in_order);
    RUN(every_accepted_command_is_answered_in_the_same_call);
    RUN(every_refusal_is_answered_and_changes_nothing);
    RUN(retained_commands_are_refused);
    RUN(other_topics_are_not_commands);
    RUN(an_unknown_name_is_safe_to_print);
    RUN(ids_are_checked);
    return check_end();
}
