/* Text, JSON, the discovery document and the back-off. */
#include <stdlib.h>

#include "backoff.h"
#include "bench.h"
#include "check.h"
#include "report.h"

static struct bench bench;

/* Steps over one JSON value; NULL when it is not valid. */
static const char *json_value(const char *at);

static const char *json_text(const char *at)
{
    for (at++; *at != '"'; at++) {
        if ((unsigned char)*at < ' ' || (*at == '\\' && strchr("\"\\/bfnrt", *++at) == NULL)) {
            return NULL;
        }
    }
    return at + 1;
}

static const char *json_members(const char *at, char end)
{
    for (at++; *at != end;) {
        if (end == '}') {
            at = *at == '"' ? json_text(at) : NULL;
            if (at == NULL || *at++ != ':') {
                return NULL;
            }
        }
        at = json_value(at);
        if (at == NULL || (*at == ',' && at[1] == end) || (*at != ',' && *at != end)) {
            return NULL;
        }
        at += *at == ',';
    }
    return at + 1;
}

static const char *json_value(const char *at)
{
    char *end = NULL;
    switch (*at) {
    case '{':
        return json_members(at, '}');
    case '[':
        return json_members(at, ']');
    case '"':
        return json_text(at);
    default:
        (void)strtod(at, &end);
        return end != at ? end : NULL;
    }
}

static bool json_valid(const char *text)
{
    const char *end = json_value(text);
    return end != NULL && *end == '\0';
}

static void text_never_passes_its_end(void)
{
    for (size_t size = 1; size < 40; size++) {
        char *room = malloc(size);
        struct writer out = writer_init(room, size);
        json_open(&out, NULL, '{');
        json_string(&out, "a", "b\"\\\n\x7f");
        json_integer(&out, "n", INT64_MIN);
        json_close(&out, '}');
        CHECK(out.length < size && strlen(room) == out.length);
        CHECK(out.overflow == (size < 40));
        free(room);
    }
    char room[64];
    struct writer out = writer_init(room, sizeof room);
    json_open(&out, NULL, '{');
    json_string(&out, "a", "b\"\\\n\x7f");
    json_integer(&out, "n", INT64_MIN);
    json_close(&out, '}');
    CHECK_TEXT(room, "{\"a\":\"b\\\"\\\\  \",\"n\":-9223372036854775808}");
    CHECK(json_valid(room));
}

static void discovery_fits_and_is_json(void)
{
    static struct bench_message copy;
    const struct device_identity identity = {.id = "01234567890123456789012345678901",
                                             .chip = "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"",
                                             .sdk = "a version with a name that is far too long for its room",
                                             .mac = "02:00:00:00:00:01",
                                             .reset_reason = "a reason with a name that is too long"};
    bench_start(&bench, 0);
    const struct device_port port = bench.device.port;
    CHECK(device_init(&bench.device, &port, &identity, NULL, 0));
    device_on_connected(&bench.device, "2001:0db8:0000:0000:0000:0000:0000:0001%wlan0-and-more", 0);
    CHECK(bench.published == 9);
    copy = bench.log[8];
    CHECK_TEXT(copy.topic, "homeassistant/device/01234567890123456789012345678901/config");
    CHECK(json_valid(copy.payload));
    CHECK(json_valid(bench.log[1].payload));
    CHECK(copy.length < DEVICE_SCRATCH_SIZE);
    printf("     discovery: %zu of %u bytes\n", copy.length, DEVICE_SCRATCH_SIZE);
}

static void discovery_names_every_topic(void)
{
    static const char *const TOPICS[] = {
        "status",    "info",      "telemetry", "lamp/set",  "lamp/state",   "dim/set",        "dim/state", "color/set",
        "color/state", "mode/set", "mode/state", "button", "interval/set", "interval/state", "error",
    };
    bench_start(&bench, 0);
    device_on_connected(&bench.device, NULL, 0);
    for (unsigned i = 0; i < sizeof TOPICS / sizeof TOPICS[0]; i++) {
        char wanted[64];
        snprintf(wanted, sizeof wanted, "\"esp32/abc/%s\"", TOPICS[i]);
        CHECK(strstr(bench.log[8].payload, wanted) != NULL);
    }
}

static void waits_double_up_to_the_limit(void)
{
    struct backoff backoff = {.initial_ms = 1000, .max_ms = 60000};
    static const uint32_t WAITS[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    for (unsigned i = 0; i < sizeof WAITS / sizeof WAITS[0]; i++) {
        struct backoff low = backoff;
        struct backoff high = backoff;
        CHECK(backoff_next_delay(&low, 0) == WAITS[i] / 2);
        CHECK(backoff_next_delay(&high, WAITS[i] / 2) == WAITS[i]);
        const uint32_t any = backoff_next_delay(&backoff, 2654435761u * (i + 1));
        CHECK(any >= WAITS[i] / 2 && any <= WAITS[i]);
    }
    backoff_reset(&backoff);
    CHECK(backoff_next_delay(&backoff, 0) == 500);
    struct backoff endless = {.initial_ms = 1, .max_ms = UINT32_MAX, .attempts = UINT32_MAX};
    CHECK(backoff_next_delay(&endless, 0) >= UINT32_MAX / 2);
    struct backoff none = {0};
    CHECK(backoff_next_delay(&none, 77) == 0);
}

int main(void)
{
    RUN(text_never_passes_its_end);
    RUN(discovery_fits_and_is_json);
    RUN(discovery_names_every_topic);
    RUN(waits_double_up_to_the_limit);
    return check_end();
}
