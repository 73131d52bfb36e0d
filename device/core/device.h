/* The device without its hardware: what it does when told, and what it reports.
 *
 * The core has no heap, no clock and no global state. The caller owns a
 * struct device, passes in the time, and lends a struct device_port through
 * which the core reaches the outside. All calls for one device come from one
 * thread. The port must not call back into the core.
 *
 * Time is a count of milliseconds in a uint32_t. It may start anywhere and may
 * wrap; between two calls it moves by less than 2^31 ms. */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "button.h"
#include "fragments.h"
#include "lamp.h"
#include "settings.h"
#include "topic.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Version of this firmware, as reported on <base>/info. */
#define DEVICE_FIRMWARE "1.0.0"

/* Longest sleep that device_next_deadline asks for. */
#define DEVICE_IDLE_MS 3600000u
/* Settings are written at most once in this time. */
#define DEVICE_SAVE_MS 5000u
/* What the outbox refused is offered again after this time. */
#define DEVICE_RETRY_MS 250u
/* Button presses kept while the outbox is full. */
#define DEVICE_PRESSES_MAX 8u
/* Room for the longest text that is published, which is the discovery document. */
#define DEVICE_SCRATCH 3072u

/* What is known of the board when it starts. The texts are copied and may be
 * cut to the sizes in struct device. Any of them but the id may be NULL. */
struct device_identity {
    const char *id;           /* 1 to 32 of A-Z a-z 0-9 _ - */
    const char *chip;         /* "esp32c3" */
    const char *sdk;          /* version of the SDK */
    const char *mac;          /* "aa:bb:cc:dd:ee:ff" */
    const char *reset_reason; /* "power on" */
};

/* What the sensors say. A value counts only when its has_ flag is set. */
struct device_readings {
    bool has_temperature;
    bool has_adc;
    bool has_rssi;
    bool has_heap;
    int32_t temperature_centi; /* hundredths of a degree Celsius */
    uint32_t adc_mv;
    int32_t rssi_dbm;
    uint32_t heap_bytes;
};

/* The outside. Every function gets `context` and must be set. */
struct device_port {
    void *context;
    /* Hands one message over. False: not accepted (outbox full); it is offered again later.
     * `topic` ends in NUL; `payload` has `length` bytes and may be gone after the call. */
    bool (*publish)(void *context, const char *topic, const char *payload, size_t length, int qos, bool retain);
    /* Subscribes to one filter. False: not accepted; it is asked again later. */
    bool (*subscribe)(void *context, const char *filter, int qos);
    /* Shows this light. Called only when it changes. */
    void (*light)(void *context, const struct light *light);
    /* Reads the sensors. `readings` comes in with every flag false. Called only when telemetry is due. */
    void (*read)(void *context, struct device_readings *readings);
    /* Stores the settings for the next start. False: not stored; it is tried again later. */
    bool (*save)(void *context, const struct settings *settings);
};

/* One piece of an incoming message. A message that comes whole is one piece
 * with offset 0 and total equal to length. `retained` counts in the first piece. */
struct device_piece {
    const char *topic;   /* begins a message; needs no NUL at its end; NULL in the pieces that follow */
    size_t topic_length; /* 0 in the pieces that follow */
    const uint8_t *data; /* may be NULL when length is 0 */
    size_t length;
    size_t offset;       /* of this piece in the payload */
    size_t total;        /* length of the whole payload */
    bool retained;       /* the broker marked it as retained */
};

/* Refusals that wait to be published, for one source. */
struct device_refusal {
    uint8_t reason;
    uint16_t count;
};

/* The device. Its members are the core's own business; read settings through device_settings. */
struct device {
    struct device_port port;
    char id[TOPIC_ID_MAX + 1];
    char base[TOPIC_BASE_MAX + 1];
    char chip[16];
    char sdk[32];
    char mac[18];
    char reset_reason[24];
    char ip[46];

    struct settings settings;
    struct settings saved;
    bool save_failed;
    bool save_held; /* no write before save_at */
    uint32_t save_at;

    uint32_t now;
    uint32_t uptime_s;
    uint32_t uptime_ms;

    struct light light;
    uint32_t phase_ms;

    struct button button;
    bool button_raw;
    uint8_t press_count;
    uint8_t presses[DEVICE_PRESSES_MAX];

    bool connected;
    bool retrying;
    uint32_t retry_at;
    uint32_t telemetry_at;
    uint32_t pending;

    struct fragments fragments;
    struct topic incoming;
    char unknown[TOPIC_NAME_MAX + 1];
    struct device_refusal refusals[TOPIC_SOURCES];

    char scratch[DEVICE_SCRATCH];
};

/* Size and alignment of struct device, for callers that do not see its definition. */
size_t device_size(void);
size_t device_align(void);

/* Prepares a device. `stored` are the settings of the last run, or NULL; values out of range in it
 * become the defaults. Shows the light. False when the id is not valid: then the device is not usable. */
bool device_init(struct device *device, const struct device_port *port, const struct device_identity *identity,
                 const struct settings *stored, uint32_t now);

/* The line to the broker is up: subscribes and announces everything. `ip` may be NULL. */
void device_connected(struct device *device, const char *ip, uint32_t now);

/* The line is down. Nothing is published until device_connected. */
void device_disconnected(struct device *device, uint32_t now);

/* A planned end: publishes "offline", which the last will would otherwise do.
 * False when the outbox did not take it. */
bool device_leave(struct device *device, uint32_t now);

/* A piece of an incoming message. A whole command is obeyed, stored and answered before this returns. */
void device_receive(struct device *device, const struct device_piece *piece, uint32_t now);

/* Commands were lost before they reached the core: says so, and tells all states again. */
void device_overrun(struct device *device, uint32_t now);

/* Whether the button is held down right now. May be called as often as one likes; the core removes bounce. */
void device_button(struct device *device, bool down, uint32_t now);

/* Does what is due. Every other call does this too. */
void device_tick(struct device *device, uint32_t now);

/* Milliseconds until device_tick has something to do: 0 when it is due, at most DEVICE_IDLE_MS. */
uint32_t device_next_deadline(const struct device *device, uint32_t now);

/* The settings in force. */
struct settings device_settings(const struct device *device);

/* Writes "<base>/<suffix>" and its NUL to `out`. False when it does not fit. */
bool device_topic(const struct device *device, const char *suffix, char *out, size_t size);

#ifdef __cplusplus
}
#endif

#endif
