/* The state of a device. device.h has the functions for it; the parts of the core, such as the outbox and the
 * commands, need only the state. */
#ifndef DEVICE_STATE_H
#define DEVICE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "button.h"
#include "device_port.h"
#include "error_code.h"
#include "lamp.h"
#include "reassembly.h"
#include "settings.h"
#include "topic.h"

/* The version of this firmware, as published on "<base>/info". */
#define DEVICE_FIRMWARE_VERSION "1.0.0"

/* Delay before publishing is tried again after the MQTT client's queue was full. */
#define DEVICE_RETRY_DELAY_MS 250u
/* How many button presses are kept while the MQTT client's queue is full. */
#define DEVICE_MAX_PENDING_PRESSES 8u
/* Size of the payload buffer in bytes. The longest payload is the discovery document. */
#define DEVICE_SCRATCH_SIZE 3072u

/* The pending error of one source: the last code, and how many errors it stands for. */
struct device_pending_error {
    uint8_t code; /* enum error_code */
    uint16_t count;
};

/* The state of a device. The members are private to the core, but callers may read `id` and `base`. */
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
    struct settings saved_settings;
    bool save_failed;  /* the failure to save has been reported */
    bool save_delayed; /* no save before next_save_at */
    uint32_t next_save_at;

    uint32_t now;
    uint32_t uptime_s;
    uint32_t uptime_ms; /* the part of the uptime below one second */

    struct light light; /* the light that the platform shows */
    uint32_t phase_ms;  /* phase of the lamp's animation */

    struct button button;
    bool button_level;
    uint8_t press_count;
    uint8_t presses[DEVICE_MAX_PENDING_PRESSES]; /* pending presses, the oldest first */

    bool connected;
    bool retrying; /* publishing failed; no new attempt before retry_at */
    uint32_t retry_at;
    uint32_t telemetry_at;  /* when the last telemetry was due */
    uint32_t pending_items; /* one bit for each enum outbox_item */

    struct reassembly reassembly;
    struct command_topic command; /* the topic of the message being received */
    char unknown_name[TOPIC_NAME_MAX + 1];
    struct device_pending_error errors[ERROR_SOURCE_COUNT];

    char scratch[DEVICE_SCRATCH_SIZE];
};

#endif
