/* The test fixture: a device with a port that records what the core calls. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "device.h"

/* How many published messages are recorded; more overwrite the oldest ones. */
#define FIXTURE_LOG_SIZE 64u

/* A recorded message. */
struct fixture_message {
    char topic[TOPIC_MAX + 1];
    char payload[DEVICE_SCRATCH_SIZE];
    size_t length;
    int qos;
    bool retain;
};

/* A device, what it did since fixture_clear_records, and how its port behaves. */
struct fixture {
    struct device device;
    uint32_t now; /* the current time in milliseconds */

    struct fixture_message log[FIXTURE_LOG_SIZE];
    unsigned message_count; /* messages published */
    char filter[TOPIC_MAX + 1];
    unsigned subscription_count;
    unsigned light_count; /* calls of set_light */
    struct light light;
    unsigned sensor_read_count;
    unsigned save_count;
    struct settings stored;

    struct device_readings readings; /* what read_sensors returns */
    bool save_fails;
    unsigned queue_space; /* how many messages and subscriptions the MQTT client accepts */
};

/* Starts the device "abc" at the time `now`, not connected. */
void fixture_init(struct fixture *fixture, uint32_t now);

/* Starts the device "abc" at the time `now`, connects it, and clears the records. */
void fixture_init_connected(struct fixture *fixture, uint32_t now);

/* Clears the records of what the device did. */
void fixture_clear_records(struct fixture *fixture);

/* Delivers a message to "esp32/abc/<suffix>" with a payload terminated by NUL. */
void fixture_send_command(struct fixture *fixture, const char *suffix, const char *payload);

/* Delivers a message to "esp32/abc/<suffix>" with any payload. */
void fixture_send_message(struct fixture *fixture, const char *suffix, const void *payload, size_t length,
                          bool retained);

/* Holds the button down for `ms` milliseconds, releases it, and waits until the press has been processed. */
void fixture_press_button(struct fixture *fixture, uint32_t ms);

/* Lets `ms` milliseconds pass and calls device_tick exactly when it is due. Returns the number of calls. */
unsigned fixture_advance(struct fixture *fixture, uint32_t ms);

/* Returns the last message recorded on "esp32/abc/<suffix>", or NULL. */
const struct fixture_message *fixture_last_message(const struct fixture *fixture, const char *suffix);

/* Returns the payload of that message, or "(nothing)". */
const char *fixture_last_payload(const struct fixture *fixture, const char *suffix);

/* Returns the number of messages recorded on "esp32/abc/<suffix>". */
unsigned fixture_count_messages(const struct fixture *fixture, const char *suffix);

#endif
