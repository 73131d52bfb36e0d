/* The device on a computer: lines in, lines out. The lines are described in README.md. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "payload.h"
#include "writer.h"

#define LINE_MAX_BYTES 16384

/* The device and its simulated outside. */
struct desk {
    struct device device;
    const char *id;
    uint32_t now;
    bool outbox_full;
    struct device_readings readings;
    struct settings stored;
};

static bool on_publish(void *context, const char *topic, const char *payload, size_t length, int qos, bool retain)
{
    const struct desk *desk = context;
    if (!desk->outbox_full) {
        printf("publish %d %d %s %.*s\n", qos, retain, topic, (int)length, payload);
    }
    return !desk->outbox_full;
}

static bool on_subscribe(void *context, const char *filter, int qos)
{
    const struct desk *desk = context;
    if (!desk->outbox_full) {
        printf("subscribe %d %s\n", qos, filter);
    }
    return !desk->outbox_full;
}

static void on_light(void *context, const struct light *light)
{
    (void)context;
    printf("light %u #%02X%02X%02X\n", light->level, light->red, light->green, light->blue);
}

static void on_read(void *context, struct device_readings *readings)
{
    const struct desk *desk = context;
    *readings = desk->readings;
}

static bool on_save(void *context, const struct settings *settings)
{
    struct desk *desk = context;
    char text[64];
    struct writer out = writer_init(text, sizeof text);
    for (unsigned thing = 0; thing < PROPERTY_COUNT; thing++) {
        writer_text(&out, " ");
        payload_format(thing, settings, &out);
    }
    printf("save%s\n", text);
    desk->stored = *settings;
    return true;
}

static bool power_up(struct desk *desk)
{
    const struct device_port port = {desk, on_publish, on_subscribe, on_light, on_read, on_save};
    const struct device_identity identity = {.id = desk->id, .chip = "desk"};
    return device_init(&desk->device, &port, &identity, &desk->stored, desk->now);
}

/* Lets time pass and wakes the device exactly when it asks for it. */
static void pass(struct desk *desk, uint32_t ms)
{
    uint32_t wait = device_ms_until_tick(&desk->device, desk->now);
    while (wait <= ms) {
        desk->now += wait;
        ms -= wait;
        device_tick(&desk->device, desk->now);
        wait = device_ms_until_tick(&desk->device, desk->now);
    }
    desk->now += ms;
}

/* Resolves escapes in place and returns the length. */
static size_t unescape(char *text)
{
    size_t length = 0;
    for (const char *at = text; *at != '\0'; at++) {
        char byte = *at;
        if (at[0] == '\\' && at[1] == '\\') {
            at++;
        } else if (at[0] == '\\' && at[1] == 'x' && at[2] != '\0' && at[3] != '\0') {
            const char digits[3] = {at[2], at[3], '\0'};
            byte = (char)strtoul(digits, NULL, 16);
            at += 3;
        }
        text[length++] = byte;
    }
    return length;
}

/* Cuts the first word off `*rest`; an empty text when there is none. */
static char *word(char **rest)
{
    char *start = *rest;
    *rest += strcspn(*rest, " ");
    if (**rest == ' ') {
        *(*rest)++ = '\0';
    }
    return start;
}

static void receive(struct desk *desk, char *rest, bool retained)
{
    const char *topic = word(&rest);
    const size_t length = unescape(rest);
    const struct device_fragment piece = {topic, strlen(topic), (const uint8_t *)rest, length, 0, length, retained};
    device_receive(&desk->device, &piece, desk->now);
}

static void receive_piece(struct desk *desk, char *rest)
{
    const size_t offset = strtoul(word(&rest), NULL, 10);
    const size_t total = strtoul(word(&rest), NULL, 10);
    const char *topic = word(&rest);
    const size_t topic_length = strcmp(topic, "-") == 0 ? 0 : strlen(topic);
    const size_t length = unescape(rest);
    const struct device_fragment piece = {topic, topic_length, (const uint8_t *)rest, length, offset, total, false};
    device_receive(&desk->device, &piece, desk->now);
}

static bool sense(struct desk *desk, char *rest)
{
    struct device_readings *readings = &desk->readings;
    const char *name = word(&rest);
    const bool known = strcmp(rest, "none") != 0;
    const long long value = strtoll(rest, NULL, 10);
    if (strcmp(name, "temperature") == 0) {
        readings->has_temperature = known;
        readings->temperature_centi = (int32_t)value;
    } else if (strcmp(name, "adc") == 0) {
        readings->has_adc = known;
        readings->adc_mv = (uint32_t)value;
    } else if (strcmp(name, "rssi") == 0) {
        readings->has_rssi = known;
        readings->rssi_dbm = (int32_t)value;
    } else if (strcmp(name, "heap") == 0) {
        readings->has_heap = known;
        readings->heap_bytes = (uint32_t)value;
    } else {
        return false;
    }
    return true;
}

static bool obey(struct desk *desk, char *rest)
{
    const char *what = word(&rest);
    if (strcmp(what, "connect") == 0) {
        device_on_connected(&desk->device, rest, desk->now);
    } else if (strcmp(what, "disconnect") == 0) {
        device_on_disconnected(&desk->device, desk->now);
    } else if (strcmp(what, "leave") == 0) {
        (void)device_go_offline(&desk->device, desk->now);
    } else if (strcmp(what, "message") == 0 || strcmp(what, "retained") == 0) {
        receive(desk, rest, what[0] == 'r');
    } else if (strcmp(what, "piece") == 0) {
        receive_piece(desk, rest);
    } else if (strcmp(what, "button") == 0) {
        device_set_button(&desk->device, strcmp(rest, "down") == 0, desk->now);
    } else if (strcmp(what, "pass") == 0) {
        pass(desk, (uint32_t)strtoul(rest, NULL, 10));
    } else if (strcmp(what, "outbox") == 0) {
        desk->outbox_full = strcmp(rest, "full") == 0;
    } else if (strcmp(what, "power") == 0) {
        return power_up(desk);
    } else {
        return strcmp(what, "sensor") == 0 && sense(desk, rest);
    }
    return true;
}

int main(int count, char **arguments)
{
    static struct desk desk;
    static char line[LINE_MAX_BYTES];
    static char shown[LINE_MAX_BYTES];
    desk.id = count > 1 ? arguments[1] : "desk";
    desk.stored = settings_default();
    if (!power_up(&desk)) {
        fprintf(stderr, "desk: the id has to be 1 to 32 of A-Z a-z 0-9 _ -\n");
        return 2;
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#') {
            continue;
        }
        memcpy(shown, line, sizeof line);
        if (!obey(&desk, line)) {
            printf("what? %s\n", shown);
        }
        printf("ready %" PRIu32 "\n", device_ms_until_tick(&desk.device, desk.now));
        fflush(stdout);
    }
    return 0;
}
