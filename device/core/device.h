/* The portable core of the firmware: it executes commands and publishes the state of the board.
 *
 * The core uses no heap, no clock and no global state. The caller owns a struct device, passes the current time
 * with every call, and provides the platform's functions as a struct device_port.
 *
 * Rules for all functions that take a struct device:
 * - device_init comes first, and it must have succeeded.
 * - All calls for one device come from one thread, and none comes from a function of its port.
 * - `now` is the current time in milliseconds. It may start anywhere and may wrap around; between two calls it
 *   advances by less than 2^31 ms. A time before that of the last call counts as the time of the last call.
 * - Every function that takes `now` and changes an initialized device also does what device_tick does. */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "button.h"
#include "device_port.h"
#include "error_code.h"
#include "lamp.h"
#include "reassembly.h"
#include "settings.h"
#include "topic.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this firmware, as published on "<base>/info". */
#define DEVICE_FIRMWARE_VERSION "1.0.0"

/* The largest value that device_ms_until_tick returns. */
#define DEVICE_MAX_SLEEP_MS 3600000u
/* Settings are saved at most once in this time, to limit flash wear. */
#define DEVICE_SAVE_INTERVAL_MS 5000u
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

/**
 * Returns the size of struct device, for callers in other languages. May be called at any time.
 *
 * @return bytes
 */
size_t device_size(void);

/**
 * Returns the alignment of struct device, for callers in other languages. May be called at any time.
 *
 * @return bytes
 */
size_t device_alignment(void);

/**
 * Initializes a device as not connected and sets its light. Call it before all other functions; calling it again
 * restarts the device.
 *
 * @param device    memory for the device
 * @param port      the platform's functions, which are copied
 * @param identity  the identity of the board, which is copied
 * @param stored    the settings of the last run, in which values out of range are replaced by defaults; NULL if none
 * @param now       the current time
 * @return false if the ID is invalid: the device must not be used
 */
bool device_init(struct device *device, const struct device_port *port, const struct device_identity *identity,
                 const struct settings *stored, uint32_t now);

/**
 * Subscribes to the commands and publishes everything. Call it when the MQTT client has connected.
 *
 * @param device  the device
 * @param ip      the board's IP address, terminated by NUL; NULL or empty if unknown
 * @param now     the current time
 */
void device_on_connected(struct device *device, const char *ip, uint32_t now);

/**
 * Stops publishing until device_on_connected. Call it when the MQTT client has lost its connection.
 *
 * @param device  the device
 * @param now     the current time
 */
void device_on_disconnected(struct device *device, uint32_t now);

/**
 * Publishes "offline" and stops publishing. Call it before a planned disconnect, for which the broker does not
 * publish the will.
 *
 * @param device  the device
 * @param now     the current time
 * @return false if the device is not connected or the MQTT client's queue is full: nothing is published
 */
bool device_go_offline(struct device *device, uint32_t now);

/**
 * Processes a fragment of an incoming message. Call it for every fragment received, in order.
 *
 * The last fragment of a command executes it. Before the function returns, the answer is published, unless the device
 * is not connected or the MQTT client's queue is full, and the settings are saved, unless that was done less than
 * DEVICE_SAVE_INTERVAL_MS ago. What could not be done is done by a later device_tick.
 *
 * @param device    the device
 * @param fragment  the fragment, which is copied where necessary
 * @param now       the current time
 */
void device_receive(struct device *device, const struct device_fragment *fragment, uint32_t now);

/**
 * Reports that commands were lost before they reached the core, and publishes the state of all properties.
 *
 * @param device  the device
 * @param now     the current time
 */
void device_report_lost_commands(struct device *device, uint32_t now);

/**
 * Passes the level of the button, which the core debounces. Call it when the level changes, or more often.
 *
 * @param device   the device
 * @param pressed  whether the button is held down at `now`
 * @param now      the current time
 */
void device_set_button(struct device *device, bool pressed, uint32_t now);

/**
 * Does what is due: animates the lamp, publishes, saves. Call it after device_ms_until_tick, or more often.
 *
 * @param device  the device
 * @param now     the current time
 */
void device_tick(struct device *device, uint32_t now);

/**
 * Returns when to call device_tick next, unless something happens before.
 *
 * @param device  the device
 * @param now     the current time
 * @return milliseconds, 0 to DEVICE_MAX_SLEEP_MS
 */
uint32_t device_ms_until_tick(const struct device *device, uint32_t now);

/**
 * Returns the current settings, which may not have been saved yet.
 *
 * @param device  the device
 * @return the settings
 */
struct settings device_get_settings(const struct device *device);

/**
 * Formats a topic below the base topic, "<base>/<suffix>".
 *
 * @param device  the device
 * @param suffix  the last part of the topic, terminated by NUL
 * @param out     receives the topic, terminated by NUL
 * @param size    bytes in `out`, at least 1
 * @return false if the topic does not fit
 */
bool device_format_topic(const struct device *device, const char *suffix, char *out, size_t size);

#ifdef __cplusplus
}
#endif

#endif
