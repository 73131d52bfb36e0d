/* The connection to the broker, through ESP-MQTT. All functions are called from the owner task. */
#ifndef MQTT_CONNECTION_H
#define MQTT_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "device.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "status_led.h"

/* What happened since the last call of mqtt_connection_take_events. */
struct mqtt_connection_events {
    bool connected;     /* the connection was established */
    bool disconnected;  /* the connection was lost; if `connected` is set too, after it was established */
    bool messages_lost; /* messages were discarded because the inbox was full */
};

/* Creates the MQTT client, which mqtt_connection_tick then starts. Called once, before the other functions.
 * The client keeps pointers to all texts, so they must not be freed or changed. `will_topic` is the topic of the will;
 * `owner` is notified of events and messages. Returns false if the configuration does not allow a connection. */
bool mqtt_connection_init(const struct config *config, const char *client_id, const char *will_topic,
                          TaskHandle_t owner);

/* Connects when it is due and the network is up. `now` is the current time in milliseconds. */
void mqtt_connection_tick(bool network_is_up, uint32_t now);

/* Returns the milliseconds until mqtt_connection_tick is due, or UINT32_MAX if only an event makes it due. */
uint32_t mqtt_connection_ms_until_tick(uint32_t now);

/* Returns the events since the last call, and schedules the next attempt after a disconnect. */
struct mqtt_connection_events mqtt_connection_take_events(void);

/* Functions for struct device_port, which describes them. `context` is not used. */
bool mqtt_connection_publish(void *context, const char *topic, const char *payload, size_t length, int qos,
                             bool retain);
bool mqtt_connection_subscribe(void *context, const char *filter, int qos);

/* Returns the status to show on the status LED. */
enum status_code mqtt_connection_status(void);

/* Disconnects with a DISCONNECT packet and stops the client for good. */
void mqtt_connection_close(void);

#endif
