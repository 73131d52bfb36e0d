/* Text and JSON: the writer and the discovery document. */
#include <stdlib.h>

#include "check.h"
#include "fixture.h"
#include "report.h"

static struct fixture fixture;

/* Returns the end of the JSON value that begins at `at`, or NULL if it is invalid. */
static const char *json_value_end(const char *at);

/* Returns the end of the JSON string that begins at `at`, or NULL if it is invalid. */
static const char *json_string_end(const char *at)
{
    for (at++; *at != '"'; at++) {
        if ((unsigned char)*at < ' ' || (*at == '\\' && strchr("\"\\/bfnrt", *++at) == NULL)) {
            return NULL;
        }
    }
    return at + 1;
}

/* Returns the end of the JSON object or array that begins at `at`, or NULL if it is invalid. */
static const char *json_members_end(const char *at, char end)
{
    for (at++; *at != end;) {
        if (end == '}') {
            at = *at == '"' ? json_string_end(at) : NULL;
            if (at == NULL || *at++ != ':') {
                return NULL;
            }
        }
        at = json_value_end(at);
        if (at == NULL || (*at == ',' && at[1] == end) || (*at != ',' && *at != end)) {
            return NULL;
        }
        at += *at == ',';
    }
    return at + 1;
}

static const char *json_value_end(const char *at)
{
    char *end = NULL;
    switch (*at) {
    case '{':
        return json_members_end(at, '}');
    case '[':
        return json_members_end(at, ']');
    case '"':
        return json_string_end(at);
    default:
        (void)strtod(at, &end);
        return end != at ? end : NULL;
    }
}

/* Returns whether the text is exactly one JSON value. */
static bool json_is_valid(const char *text)
{
    const char *end = json_value_end(text);
    return end != NULL && *end == '\0';
}

static void writer_never_exceeds_its_buffer(void)
{
    for (size_t size = 1; size < 40; size++) {
        char *buffer = malloc(size);
        struct writer out = writer_init(buffer, size);
        json_open(&out, NULL, '{');
        json_string(&out, "a", "b\"\\\n\x7f");
        json_integer(&out, "n", INT64_MIN);
        json_close(&out, '}');
        CHECK(out.length < size && strlen(buffer) == out.length);
        CHECK(out.overflow);
        free(buffer);
    }
    char buffer[64];
    struct writer out = writer_init(buffer, sizeof buffer);
    json_open(&out, NULL, '{');
    json_string(&out, "a", "b\"\\\n\x7f");
    json_integer(&out, "n", INT64_MIN);
    json_close(&out, '}');
    CHECK_TEXT(buffer, "{\"a\":\"b\\\"\\\\  \",\"n\":-9223372036854775808}");
    CHECK(json_is_valid(buffer));
}

static void discovery_fits_and_is_valid_json(void)
{
    static struct fixture_message copy;
    const struct device_identity identity = {.id = "01234567890123456789012345678901",
                                             .chip = "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"",
                                             .sdk = "a version with a name that is far too long for its buffer",
                                             .mac = "02:00:00:00:00:01",
                                             .reset_reason = "a reason with a name that is too long"};
    fixture_init(&fixture, 0);
    const struct device_port port = fixture.device.port;
    CHECK(device_init(&fixture.device, &port, &identity, NULL, 0));
    device_on_connected(&fixture.device, "2001:0db8:0000:0000:0000:0000:0000:0001%wlan0-and-more", 0);
    CHECK(fixture.message_count == 9);
    copy = fixture.log[8];
    CHECK_TEXT(copy.topic, "homeassistant/device/01234567890123456789012345678901/config");
    CHECK(json_is_valid(copy.payload));
    CHECK(json_is_valid(fixture.log[1].payload));
    CHECK(copy.length < DEVICE_SCRATCH_SIZE);
    printf("     discovery: %zu of %u bytes\n", copy.length, DEVICE_SCRATCH_SIZE);
}

static void discovery_contains_every_topic(void)
{
    static const char *const TOPICS[] = {
        "status",      "info",     "telemetry",  "lamp/set", "lamp/state",   "dim/set",        "dim/state", "color/set",
        "color/state", "mode/set", "mode/state", "button",   "interval/set", "interval/state", "error",
    };
    fixture_init(&fixture, 0);
    device_on_connected(&fixture.device, NULL, 0);
    for (unsigned i = 0; i < sizeof TOPICS / sizeof TOPICS[0]; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "\"esp32/abc/%s\"", TOPICS[i]);
        CHECK(strstr(fixture.log[8].payload, expected) != NULL);
    }
}

int main(void)
{
    RUN(writer_never_exceeds_its_buffer);
    RUN(discovery_fits_and_is_valid_json);
    RUN(discovery_contains_every_topic);
    return check_end();
}
