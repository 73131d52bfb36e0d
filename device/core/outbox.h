/* The messages that the device has to publish. The outbox holds one flag for each topic instead of payloads, so it
 * is bounded and always publishes the newest value. An item stays enqueued until the MQTT client accepts it.
 *
 * All functions need an initialized device, and only the core calls them. */
#ifndef OUTBOX_H
#define OUTBOX_H

#include "button.h"
#include "device_state.h"
#include "error_code.h"

/* The items, in the order in which they are published. */
enum outbox_item {
    OUTBOX_SUBSCRIBE,
    OUTBOX_STATUS,
    OUTBOX_INFO,
    OUTBOX_ERRORS,
    OUTBOX_FIRST_STATE, /* one item for each property, in the order of enum property */
    OUTBOX_BUTTON = OUTBOX_FIRST_STATE + PROPERTY_COUNT,
    OUTBOX_TELEMETRY,
    OUTBOX_DISCOVERY,
    OUTBOX_ITEM_COUNT
};

/**
 * Enqueues an item. May be called at any time; an item that is enqueued already is not enqueued twice.
 *
 * @param device  the device
 * @param item    a value of enum outbox_item
 */
void outbox_enqueue(struct device *device, unsigned item);

/**
 * Enqueues every item, in addition to pending errors and presses. Call it when a connection is established.
 *
 * @param device  the device
 */
void outbox_enqueue_all(struct device *device);

/**
 * Enqueues a press of the button. While the device is not connected the press is discarded, because it would be
 * outdated when it is published.
 *
 * @param device  the device
 * @param press   PRESS_SHORT or PRESS_LONG
 */
void outbox_enqueue_press(struct device *device, enum press press);

/**
 * Enqueues an error, and the state of the property it is about. Pending errors of one source are published as one:
 * the last of them, with their number. May be called at any time.
 *
 * @param device  the device
 * @param source  a value of enum property or enum error_source
 * @param code    the error
 */
void outbox_enqueue_error(struct device *device, unsigned source, enum error_code code);

/**
 * Publishes the pending items until none is left or the MQTT client does not accept one; publishing is then tried
 * again at retry_at. May be called at any time; does nothing while the device is not connected.
 *
 * @param device  the device
 */
void outbox_flush(struct device *device);

/**
 * Publishes "offline" at once. Call it while the device is connected.
 *
 * @param device  the device
 * @return false if the MQTT client did not accept the message
 */
bool outbox_publish_offline(struct device *device);

#endif
