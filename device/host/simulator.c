/* Host simulator: runs the core with inputs from stdin and outputs to stdout, as README.md describes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "payload.h"
#include "writer.h"

#define LINE_SIZE 16384

/* The device and its simulated platform. */
struct simulator {
    struct device device;
    const char *id;
    uint32_t now;
    bool outbox_full;
    struct device_readings readings;
    struct settings stored;
};

static bool publish(void *context, const char *topic, const char *payload, size_t length, int qos, bool retain)
{
    const struct simulator *simulator = context;
    if (!simulator->outbox_full) {
        printf("publish %d %d %s %.*s\n", qos, retain, topic, (int)length, payload);
    }
    return !simulator->outbox_full;
}

static bool subscribe(void *context, const char *filter, int qos)
{
    const struct simulator *simulator = context;
    if (!simulator->outbox_full) {
        printf("subscribe %d %s\n", qos, filter);
    }
    return !simulator->outbox_full;
}

static void set_light(void *context, const struct light *light)
{
    (void)context;
    printf("light %u #%02X%02X%02X\n", light->level, light->red, light->green, light->blue);
}

static void read_sensors(void *context, struct device_readings *readings)
{
    const struct simulator *simulator = context;
    *readings = simulator->readings;
}

static bool save_settings(void *context, const struct settings *settings)
{
    struct simulator *simulator = context;
    char text[64];
    struct writer out = writer_init(text, sizeof text);
    for (unsigned property = 0; property < PROPERTY_COUNT; property++) {
        writer_text(&out, " ");
        payload_format(property, settings, &out);
    }
    printf("save%s\n", text);
    simulator->stored = *settings;
    return true;
}

/* Starts the device with the saved settings. Returns false if the ID is invalid. */
static bool power_cycle(struct simulator *simulator)
{
    const struct device_port port = {simulator, publish, subscribe, set_light, read_sensors, save_settings};
    const struct device_identity identity = {.id = simulator->id, .chip = "host"};
    return device_init(&simulator->device, &port, &identity, &simulator->stored, simulator->now);
}

/* Lets time pass and calls device_tick exactly when it is due. */
static void advance(struct simulator *simulator, uint32_t ms)
{
    uint32_t wait = device_ms_until_tick(&simulator->device, simulator->now);
    while (wait <= ms) {
        simulator->now += wait;
        ms -= wait;
        device_tick(&simulator->device, simulator->now);
        wait = device_ms_until_tick(&simulator->device, simulator->now);
    }
    simulator->now += ms;
}

/* Decodes escape sequences in place. Returns the length in bytes. */
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

/* Removes the first word from `*rest` and returns it; it is empty if there is none. */
static char *next_word(char **rest)
{
    char *start = *rest;
    *rest += strcspn(*rest, " ");
    if (**rest == ' ') {
        *(*rest)++ = '\0';
    }
    return start;
}

static void receive(struct simulator *simulator, char *rest, bool retained)
{
    const char *topic = next_word(&rest);
    const size_t length = unescape(rest);
    const struct device_fragment fragment = {topic, strlen(topic), (const uint8_t *)rest, length, 0, length, retained};
    device_receive(&simulator->device, &fragment, simulator->now);
}

static void receive_fragment(struct simulator *simulator, char *rest)
{
    const size_t offset = strtoul(next_word(&rest), NULL, 10);
    const size_t total = strtoul(next_word(&rest), NULL, 10);
    const char *topic = next_word(&rest);
    const size_t topic_length = strcmp(topic, "-") == 0 ? 0 : strlen(topic);
    const size_t length = unescape(rest);
    const struct device_fragment fragment = {topic, topic_length, (const uint8_t *)rest, length, offset, total, false};
    device_receive(&simulator->device, &fragment, simulator->now);
}

/* Sets a sensor. Returns false if its name is unknown. */
static bool set_sensor(struct simulator *simulator, char *rest)
{
    struct device_readings *readings = &simulator->readings;
    const char *name = next_word(&rest);
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

/* Executes an input line. Returns false if it is not a command. */
static bool execute(struct simulator *simulator, char *rest)
{
    const char *command = next_word(&rest);
    if (strcmp(command, "connect") == 0) {
        device_on_connected(&simulator->device, rest, simulator->now);
    } else if (strcmp(command, "disconnect") == 0) {
        device_on_disconnected(&simulator->device, simulator->now);
    } else if (strcmp(command, "offline") == 0) {
        (void)device_go_offline(&simulator->device, simulator->now);
    } else if (strcmp(command, "message") == 0 || strcmp(command, "retained") == 0) {
        receive(simulator, rest, command[0] == 'r');
    } else if (strcmp(command, "fragment") == 0) {
        receive_fragment(simulator, rest);
    } else if (strcmp(command, "button") == 0) {
        device_set_button(&simulator->device, strcmp(rest, "down") == 0, simulator->now);
    } else if (strcmp(command, "advance") == 0) {
        advance(simulator, (uint32_t)strtoul(rest, NULL, 10));
    } else if (strcmp(command, "outbox") == 0) {
        simulator->outbox_full = strcmp(rest, "full") == 0;
    } else if (strcmp(command, "power-cycle") == 0) {
        return power_cycle(simulator);
    } else {
        return strcmp(command, "sensor") == 0 && set_sensor(simulator, rest);
    }
    return true;
}

int main(int argc, char **argv)
{
    static struct simulator simulator;
    static char line[LINE_SIZE];
    static char original[LINE_SIZE];
    simulator.id = argc > 1 ? argv[1] : "host";
    simulator.stored = settings_default();
    if (!power_cycle(&simulator)) {
        fprintf(stderr, "simulator: invalid device ID: use 1 to 32 of A-Z a-z 0-9 _ -\n");
        return 2;
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#') {
            continue;
        }
        memcpy(original, line, sizeof line);
        if (!execute(&simulator, line)) {
            printf("unknown %s\n", original);
        }
        printf("ready %" PRIu32 "\n", device_ms_until_tick(&simulator.device, simulator.now));
        fflush(stdout);
    }
    return 0;
}
