/* The messages that have come from the broker and wait for the owner. */
#ifndef INBOX_H
#define INBOX_H

#include <stdbool.h>

#include "device.h"
#include "mqtt_client.h"

/* Makes an empty inbox. False when there is no memory. */
bool inbox_open(void);

/* Copies a piece that ESP-MQTT reports. Never waits. False when there is no room: the piece is lost. */
bool inbox_put(const esp_mqtt_event_t *event);

/* Takes the oldest piece, which is valid until the next call. False when there is none. */
bool inbox_take(struct device_fragment *piece);

#endif
