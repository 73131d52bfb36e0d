/* The line to the broker, through ESP-MQTT. All functions are called from the owner's task. */
#ifndef BROKER_H
#define BROKER_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "device.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "signal_led.h"

/* What has happened to the line since it was asked last. */
struct broker_news {
    bool up;   /* it came up */
    bool down; /* it went down, after `up` when both are set */
    bool lost; /* messages were lost, because they came faster than they were taken */
};

/* Prepares the client. `will` is the topic of the last will; `owner` is notified of all news.
 * False when the configuration does not allow a connection. The texts have to stay. */
bool broker_open(const struct config *config, const char *client_id, const char *will, TaskHandle_t owner);

/* Connects when it is time to and there is a network. */
void broker_tick(bool network, uint32_t now);

/* Milliseconds until broker_tick has something to do. */
uint32_t broker_next(uint32_t now);

/* Takes the news. */
struct broker_news broker_news(void);

/* For struct device_port; `context` is not used. */
bool broker_publish(void *context, const char *topic, const char *payload, size_t length, int qos, bool retain);
bool broker_subscribe(void *context, const char *filter, int qos);

/* What to say on the status LED. */
enum signal_led broker_signal(void);

/* Ends the connection properly. */
void broker_close(void);

#endif
