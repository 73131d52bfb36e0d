/* Arbitrary bytes as calls. After each of them the promises that always hold are looked at. */
#include "chaos.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const TOPICS[] = {"lamp/set", "dim/set", "color/set", "mode/set", "interval/set",
                                     "fan/set",  "state"};
static const char *const PAYLOADS[] = {"ON", "OFF", "0", "100", "101", "1e3", "#00ff00", "blink", "breathe", "3600",
                                       ""};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* The bytes that are left. */
struct input {
    const uint8_t *data;
    size_t length;
};

static uint8_t next(struct input *input)
{
    if (input->length == 0) {
        return 0;
    }
    input->length--;
    return *input->data++;
}

static void require(bool promise, const char *text)
{
    if (!promise) {
        fprintf(stderr, "broken: %s\n", text);
        abort();
    }
}

static void look(const struct bench *bench)
{
    const struct settings settings = device_get_settings(&bench->device);
    const struct settings checked = settings_sanitize(settings);
    require(settings_equal(&settings, &checked), "settings in range");
    require(bench->light.level <= LIGHT_LEVEL_MAX, "light in range");
    require(device_ms_until_tick(&bench->device, bench->now) <= DEVICE_MAX_SLEEP_MS, "deadline in range");
    require(bench->device.press_count <= DEVICE_MAX_PENDING_PRESSES, "presses bounded");
    for (unsigned i = 0; i < bench->published && i < BENCH_LOG; i++) {
        for (size_t at = 0; at < bench->log[i].length; at++) {
            require((unsigned char)bench->log[i].payload[at] >= ' ', "published text is printable");
        }
    }
}

/* A message, whole or cut in two, with a known or an arbitrary topic and payload. */
static void message(struct bench *bench, struct input *input)
{
    char topic[10 + 256] = "esp32/abc/";
    const uint8_t how = next(input);
    const uint8_t choice = next(input);
    size_t topic_length = 10;
    if ((how & 1u) != 0) {
        strcpy(topic + topic_length, TOPICS[choice % COUNT(TOPICS)]);
        topic_length = strlen(topic);
    } else {
        for (uint8_t left = choice % 64u; left > 0; left--) {
            topic[topic_length++] = (char)next(input);
        }
    }
    uint8_t bytes[256];
    size_t length = 0;
    if ((how & 2u) != 0) {
        const char *text = PAYLOADS[next(input) % COUNT(PAYLOADS)];
        length = strlen(text);
        memcpy(bytes, text, length);
    } else {
        for (uint8_t left = next(input) % 100u; left > 0; left--) {
            bytes[length++] = next(input);
        }
    }
    const size_t cut = (how & 4u) != 0 && length > 0 ? next(input) % (length + 1) : length;
    const size_t total = (how & 8u) != 0 && (how & 16u) != 0 ? next(input) * 256u : length;
    const bool retained = (how & 0xE0u) == 0xE0u;
    const struct device_fragment first = {topic, topic_length, bytes, cut, 0, total, retained};
    device_receive(&bench->device, &first, bench->now);
    if (cut < length) {
        const struct device_fragment rest = {NULL, 0, bytes + cut, length - cut, cut, total, retained};
        device_receive(&bench->device, &rest, bench->now);
    }
}

static void stray_piece(struct bench *bench, struct input *input)
{
    uint8_t bytes[256] = {0};
    const struct device_fragment piece = {NULL, 0, bytes, next(input), next(input), next(input), false};
    device_receive(&bench->device, &piece, bench->now);
}

static void step_line(struct bench *bench, uint8_t how)
{
    if ((how & 1u) != 0) {
        device_on_connected(&bench->device, (how & 2u) != 0 ? "192.0.2.1" : NULL, bench->now);
    } else {
        device_on_disconnected(&bench->device, bench->now);
    }
}

void chaos_start(struct bench *bench)
{
    bench_online(bench, UINT32_MAX - 100000u);
}

unsigned chaos_run(struct bench *bench, const uint8_t *data, size_t length)
{
    struct input input = {data, length};
    unsigned messages = 0;
    while (input.length > 0) {
        const uint8_t what = next(&input);
        bench_forget(bench);
        switch (what % 16u) {
        case 0:
            bench->now += next(&input) * 100u;
            device_tick(&bench->device, bench->now);
            break;
        case 1:
            device_set_button(&bench->device, (next(&input) & 1u) != 0, bench->now);
            break;
        case 2:
            step_line(bench, next(&input));
            break;
        case 3:
            bench->room = (next(&input) & 1u) != 0 ? UINT32_MAX : next(&input) % 4u;
            break;
        case 4:
            stray_piece(bench, &input);
            break;
        case 5:
            bench->save_fails = (next(&input) & 1u) != 0;
            break;
        default:
            message(bench, &input);
            messages++;
            break;
        }
        look(bench);
    }
    return messages;
}
