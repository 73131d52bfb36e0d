/* Logs errors of the MQTT connection. */
#ifndef MQTT_ERROR_H
#define MQTT_ERROR_H

#include <stdbool.h>

#include "mqtt_client.h"
#include "status_led.h"

/* Logs what failed and what to do about it, and sets `status` to the status to show. Returns false, and leaves `status`
 * unchanged, if the error does not affect the connection. May be called from any task. */
bool mqtt_error_log(const esp_mqtt_error_codes_t *error, enum status_code *status);

#endif
