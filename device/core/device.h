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

#include "device_state.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The largest value that device_ms_until_tick returns. */
#define DEVICE_MAX_SLEEP_MS 3600000u
/* Settings are saved at most once in this time, to limit flash wear. */
#define DEVICE_SAVE_INTERVAL_MS 5000u
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
