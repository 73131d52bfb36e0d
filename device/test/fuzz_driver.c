/* Decodes arbitrary bytes into calls and checks the invariants of the core after each call. */
#include "fuzz_driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const TOPICS[] = {"lamp/set",     "dim/set", "color/set", "mode/set",
                                     "interval/set", "fan/set", "state"};
static const char *const PAYLOADS[] = {"ON",      "OFF",   "0",       "100",  "101", "1e3",
                                       "#00ff00", "blink", "breathe", "3600", ""};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* The bytes that are not decoded yet. */
struct input {
    const uint8_t *data;
    size_t length;
};

/* Removes the next byte; 0 at the end of the input. */
static uint8_t next_byte(struct input *input)
{
    if (input->length == 0) {
        return 0;
    }
    input->length--;
    return *input->data++;
}

/* Aborts if an invariant is violated. */
static void require(bool holds, const char *invariant)
{
    if (!holds) {
        fprintf(stderr, "invariant violated: %s\n", invariant);
        abort();
    }
}

static void check_invariants(const struct fixture *fixture)
{
    const struct settings settings = device_get_settings(&fixture->device);
    const struct settings checked = settings_sanitize(settings);
    require(settings_equal(&settings, &checked), "settings are in range");
    require(fixture->light.level <= LIGHT_LEVEL_MAX, "light level is in range");
    require(device_ms_until_tick(&fixture->device, fixture->now) <= DEVICE_MAX_SLEEP_MS,
            "time until the next tick is in range");
    require(fixture->device.press_count <= DEVICE_MAX_PENDING_PRESSES, "number of pending presses is in range");
    for (unsigned i = 0; i < fixture->message_count && i < FIXTURE_LOG_SIZE; i++) {
        for (size_t at = 0; at < fixture->log[i].length; at++) {
            require((unsigned char)fixture->log[i].payload[at] >= ' ', "published payload is printable");
        }
    }
}

/* Delivers a message, whole or in two fragments, with a known or an arbitrary topic and payload. */
static void deliver_message(struct fixture *fixture, struct input *input)
{
    char topic[10 + 256] = "esp32/abc/";
    const uint8_t flags = next_byte(input);
    const uint8_t choice = next_byte(input);
    size_t topic_length = 10;
    if ((flags & 1u) != 0) {
        strcpy(topic + topic_length, TOPICS[choice % COUNT(TOPICS)]);
        topic_length = strlen(topic);
    } else {
        for (uint8_t left = choice % 64u; left > 0; left--) {
            topic[topic_length++] = (char)next_byte(input);
        }
    }
    uint8_t bytes[256];
    size_t length = 0;
    if ((flags & 2u) != 0) {
        const char *text = PAYLOADS[next_byte(input) % COUNT(PAYLOADS)];
        length = strlen(text);
        memcpy(bytes, text, length);
    } else {
        for (uint8_t left = next_byte(input) % 100u; left > 0; left--) {
            bytes[length++] = next_byte(input);
        }
    }
    const size_t cut = (flags & 4u) != 0 && length > 0 ? next_byte(input) % (length + 1) : length;
    const size_t total = (flags & 8u) != 0 && (flags & 16u) != 0 ? next_byte(input) * 256u : length;
    const bool retained = (flags & 0xE0u) == 0xE0u;
    const struct device_fragment first = {topic, topic_length, bytes, cut, 0, total, retained};
    device_receive(&fixture->device, &first, fixture->now);
    if (cut < length) {
        const struct device_fragment rest = {NULL, 0, bytes + cut, length - cut, cut, total, retained};
        device_receive(&fixture->device, &rest, fixture->now);
    }
}

/* Delivers a fragment that belongs to no message. */
static void deliver_stray_fragment(struct fixture *fixture, struct input *input)
{
    uint8_t bytes[256] = {0};
    const struct device_fragment fragment = {NULL, 0, bytes, next_byte(input), next_byte(input), next_byte(input),
                                             false};
    device_receive(&fixture->device, &fragment, fixture->now);
}

/* Connects or disconnects the device. */
static void change_connection(struct fixture *fixture, uint8_t flags)
{
    if ((flags & 1u) != 0) {
        device_on_connected(&fixture->device, (flags & 2u) != 0 ? "192.0.2.1" : NULL, fixture->now);
    } else {
        device_on_disconnected(&fixture->device, fixture->now);
    }
}

void fuzz_driver_init(struct fixture *fixture)
{
    fixture_init_connected(fixture, UINT32_MAX - 100000u);
}

unsigned fuzz_driver_run(struct fixture *fixture, const uint8_t *data, size_t length)
{
    struct input input = {data, length};
    unsigned messages = 0;
    while (input.length > 0) {
        const uint8_t call = next_byte(&input);
        fixture_clear_records(fixture);
        switch (call % 16u) {
        case 0:
            fixture->now += next_byte(&input) * 100u;
            device_tick(&fixture->device, fixture->now);
            break;
        case 1:
            device_set_button(&fixture->device, (next_byte(&input) & 1u) != 0, fixture->now);
            break;
        case 2:
            change_connection(fixture, next_byte(&input));
            break;
        case 3:
            fixture->queue_space = (next_byte(&input) & 1u) != 0 ? UINT32_MAX : next_byte(&input) % 4u;
            break;
        case 4:
            deliver_stray_fragment(fixture, &input);
            break;
        case 5:
            fixture->save_fails = (next_byte(&input) & 1u) != 0;
            break;
        default:
            deliver_message(fixture, &input);
            messages++;
            break;
        }
        check_invariants(fixture);
    }
    return messages;
}
