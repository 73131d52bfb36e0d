/* A device on the bench: the core with an outside that records what it is asked for. */
#ifndef BENCH_H
#define BENCH_H

#include "device.h"

/* How many publishes are kept; the older ones are overwritten. */
#define BENCH_LOG 64u

/* One recorded publish. */
struct bench_message {
    char topic[TOPIC_MAX + 1];
    char payload[DEVICE_SCRATCH_SIZE];
    size_t length;
    int qos;
    bool retain;
};

/* The device, and what it did since the last bench_forget. */
struct bench {
    struct device device;
    uint32_t now;
    struct bench_message log[BENCH_LOG];
    unsigned published;
    char filter[TOPIC_MAX + 1];
    unsigned subscribed;
    unsigned lights;
    struct light light;
    unsigned reads;
    struct device_readings readings;
    unsigned saves;
    struct settings stored;
    bool save_fails;
    unsigned room; /* how many messages the outbox still takes */
};

/* A fresh board "abc" at time `now`, not connected. */
void bench_start(struct bench *bench, uint32_t now);

/* The same, connected, with its announcement forgotten. */
void bench_online(struct bench *bench, uint32_t now);

/* Forgets what was recorded. */
void bench_forget(struct bench *bench);

/* A whole message to "esp32/abc/<suffix>". */
void bench_send(struct bench *bench, const char *suffix, const char *payload);

/* The same with any bytes, and marked as retained or not. */
void bench_send_bytes(struct bench *bench, const char *suffix, const void *payload, size_t length, bool retained);

/* Lets time pass, waking the device exactly when it asks for it. Returns how often it was woken. */
unsigned bench_pass(struct bench *bench, uint32_t ms);

/* The last recorded publish on "esp32/abc/<suffix>", or NULL. */
const struct bench_message *bench_last(const struct bench *bench, const char *suffix);

/* Its payload, or "(nothing)". */
const char *bench_said(const struct bench *bench, const char *suffix);

/* How many recorded publishes there are on "esp32/abc/<suffix>". */
unsigned bench_count(const struct bench *bench, const char *suffix);

#endif
