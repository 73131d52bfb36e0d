/* The recording outside. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

static bool publish(void *context, const char *topic, const char *payload, size_t length, int qos, bool retain)
{
    struct bench *bench = context;
    if (bench->room == 0) {
        return false;
    }
    bench->room--;
    struct bench_message *message = &bench->log[bench->published++ % BENCH_LOG];
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
    struct bench *bench = context;
    if (bench->room == 0 || qos != 1) {
        return false;
    }
    bench->room--;
    bench->subscribed++;
    strcpy(bench->filter, filter);
    return true;
}

static void light(void *context, const struct light *shown)
{
    struct bench *bench = context;
    bench->lights++;
    bench->light = *shown;
}

static void read_sensors(void *context, struct device_readings *readings)
{
    struct bench *bench = context;
    bench->reads++;
    *readings = bench->readings;
}

static bool save(void *context, const struct settings *settings)
{
    struct bench *bench = context;
    bench->saves++;
    if (!bench->save_fails) {
        bench->stored = *settings;
    }
    return !bench->save_fails;
}

void bench_start(struct bench *bench, uint32_t now)
{
    const struct device_identity identity = {
        .id = "abc", .chip = "esp32c3", .sdk = "v5.5.1", .mac = "02:00:00:00:0a:bc", .reset_reason = "power on"};
    memset(bench, 0, sizeof *bench);
    bench->now = now;
    bench->room = UINT32_MAX;
    const struct device_port port = {bench, publish, subscribe, light, read_sensors, save};
    if (!device_init(&bench->device, &port, &identity, NULL, now)) {
        abort();
    }
}

void bench_online(struct bench *bench, uint32_t now)
{
    bench_start(bench, now);
    device_on_connected(&bench->device, "192.0.2.7", now);
    bench_forget(bench);
}

void bench_forget(struct bench *bench)
{
    bench->published = 0;
    bench->subscribed = 0;
    bench->lights = 0;
    bench->reads = 0;
    bench->saves = 0;
}

void bench_send_bytes(struct bench *bench, const char *suffix, const void *payload, size_t length, bool retained)
{
    char topic[512] = "esp32/abc/";
    strcat(topic, suffix);
    const struct device_fragment piece = {topic, strlen(topic), payload, length, 0, length, retained};
    device_receive(&bench->device, &piece, bench->now);
}

void bench_send(struct bench *bench, const char *suffix, const char *payload)
{
    bench_send_bytes(bench, suffix, payload, strlen(payload), false);
}

unsigned bench_pass(struct bench *bench, uint32_t ms)
{
    unsigned woken = 0;
    for (;;) {
        const uint32_t wait = device_ms_until_tick(&bench->device, bench->now);
        if (wait > ms) {
            break;
        }
        bench->now += wait;
        ms -= wait;
        device_tick(&bench->device, bench->now);
        if (++woken > 1000000) {
            abort();
        }
    }
    bench->now += ms;
    return woken;
}

static bool on(const struct bench_message *message, const char *suffix)
{
    static const char base[] = "esp32/abc/";
    return strncmp(message->topic, base, sizeof base - 1) == 0 && strcmp(message->topic + sizeof base - 1, suffix) == 0;
}

const struct bench_message *bench_last(const struct bench *bench, const char *suffix)
{
    const struct bench_message *found = NULL;
    for (unsigned i = 0; i < bench->published && i < BENCH_LOG; i++) {
        if (on(&bench->log[i], suffix)) {
            found = &bench->log[i];
        }
    }
    return found;
}

const char *bench_said(const struct bench *bench, const char *suffix)
{
    const struct bench_message *message = bench_last(bench, suffix);
    return message != NULL ? message->payload : "(nothing)";
}

unsigned bench_count(const struct bench *bench, const char *suffix)
{
    unsigned count = 0;
    for (unsigned i = 0; i < bench->published && i < BENCH_LOG; i++) {
        count += on(&bench->log[i], suffix);
    }
    return count;
}
