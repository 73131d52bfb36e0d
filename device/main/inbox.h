/* The queue of received message fragments, from the task of ESP-MQTT to the owner task. */
#ifndef INBOX_H
#define INBOX_H

#include <stdbool.h>

#include "device.h"
#include "mqtt_client.h"

/* Creates the queue. Returns false if memory is exhausted. Called once, before the other functions. */
bool inbox_init(void);

/* Appends a copy of the fragment in a data event. Does not block. Returns false if the queue is full: the fragment is
 * lost. Called from the task of ESP-MQTT. */
bool inbox_push(const esp_mqtt_event_t *event);

/* Removes the oldest fragment, which is valid until the next call. Returns false if the queue is empty.
 * Called from the owner task. */
bool inbox_pop(struct device_fragment *fragment);

#endif
