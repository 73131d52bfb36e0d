/* The recording port, and helpers for tests. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

static bool publish(void *context, const char *topic, const char *payload, size_t length, int qos, bool retain)
{
    struct fixture *fixture = context;
    if (fixture->queue_space == 0) {
        return false;
    }
    fixture->queue_space--;
    struct fixture_message *message = &fixture->log[fixture->message_count++ % FIXTURE_LOG_SIZE];
    if (strlen(topic) > TOPIC_MAX || length >= sizeof message->payload) {
        abort();
    }
    strcpy(message->topic, topic);
    memcpy(message->payload, payload, length);
    message->payload[length] = '\0';
    message->length = length;
    message->qos = qos;
    message->retain = retain;
    return true;
}

static bool subscribe(void *context, const char *filter, int qos)
{
    struct fixture *fixture = context;
    if (fixture->queue_space == 0 || qos != 1) {
        return false;
    }
    fixture->queue_space--;
    fixture->subscription_count++;
    strcpy(fixture->filter, filter);
    return true;
}

static void set_light(void *context, const struct light *light)
{
    struct fixture *fixture = context;
    fixture->light_count++;
    fixture->light = *light;
}

static void read_sensors(void *context, struct device_readings *readings)
{
    struct fixture *fixture = context;
    fixture->sensor_read_count++;
    *readings = fixture->readings;
}

static bool save_settings(void *context, const struct settings *settings)
{
    struct fixture *fixture = context;
    fixture->save_count++;
    if (!fixture->save_fails) {
        fixture->stored = *settings;
    }
    return !fixture->save_fails;
}

void fixture_init(struct fixture *fixture, uint32_t now)
{
    const struct device_identity identity = {
        .id = "abc", .chip = "esp32c3", .sdk = "v5.5.1", .mac = "02:00:00:00:0a:bc", .reset_reason = "power on"};
    memset(fixture, 0, sizeof *fixture);
    fixture->now = now;
    fixture->queue_space = UINT32_MAX;
    const struct device_port port = {fixture, publish, subscribe, set_light, read_sensors, save_settings};
    if (!device_init(&fixture->device, &port, &identity, NULL, now)) {
        abort();
    }
}

void fixture_init_connected(struct fixture *fixture, uint32_t now)
{
    fixture_init(fixture, now);
    device_on_connected(&fixture->device, "192.0.2.7", now);
    fixture_clear_records(fixture);
}

void fixture_clear_records(struct fixture *fixture)
{
    fixture->message_count = 0;
    fixture->subscription_count = 0;
    fixture->light_count = 0;
    fixture->sensor_read_count = 0;
    fixture->save_count = 0;
}

void fixture_send_message(struct fixture *fixture, const char *suffix, const void *payload, size_t length,
                          bool retained)
{
    char topic[512] = "esp32/abc/";
    strcat(topic, suffix);
    const struct device_fragment fragment = {topic, strlen(topic), payload, length, 0, length, retained};
    device_receive(&fixture->device, &fragment, fixture->now);
}

void fixture_send_command(struct fixture *fixture, const char *suffix, const char *payload)
{
    fixture_send_message(fixture, suffix, payload, strlen(payload), false);
}

void fixture_press_button(struct fixture *fixture, uint32_t ms)
{
    device_set_button(&fixture->device, true, fixture->now);
    fixture_advance(fixture, ms);
    device_set_button(&fixture->device, false, fixture->now);
    fixture_advance(fixture, 100);
}

unsigned fixture_advance(struct fixture *fixture, uint32_t ms)
{
    unsigned ticks = 0;
    for (;;) {
        const uint32_t wait = device_ms_until_tick(&fixture->device, fixture->now);
        if (wait > ms) {
            break;
        }
        fixture->now += wait;
        ms -= wait;
        device_tick(&fixture->device, fixture->now);
        if (++ticks > 1000000) {
            abort();
        }
    }
    fixture->now += ms;
    return ticks;
}

/* Returns whether the message is on "esp32/abc/<suffix>". */
static bool has_topic(const struct fixture_message *message, const char *suffix)
{
    static const char base[] = "esp32/abc/";
    return strncmp(message->topic, base, sizeof base - 1) == 0 && strcmp(message->topic + sizeof base - 1, suffix) == 0;
}

const struct fixture_message *fixture_last_message(const struct fixture *fixture, const char *suffix)
{
    const struct fixture_message *found = NULL;
    for (unsigned i = 0; i < fixture->message_count && i < FIXTURE_LOG_SIZE; i++) {
        if (has_topic(&fixture->log[i], suffix)) {
            found = &fixture->log[i];
        }
    }
    return found;
}

const char *fixture_last_payload(const struct fixture *fixture, const char *suffix)
{
    const struct fixture_message *message = fixture_last_message(fixture, suffix);
    return message != NULL ? message->payload : "(nothing)";
}

unsigned fixture_count_messages(const struct fixture *fixture, const char *suffix)
{
    unsigned count = 0;
    for (unsigned i = 0; i < fixture->message_count && i < FIXTURE_LOG_SIZE; i++) {
        count += has_topic(&fixture->log[i], suffix);
    }
    return count;
}
