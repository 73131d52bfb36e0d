/* The network: Wi-Fi on a board; on Linux the network of the host, which is always up.
 * All functions are called from the owner task. */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

/* Initializes the network stack and starts to connect. `owner` is notified of every change. Called once, before the
 * other functions. */
void network_start(const struct config *config, TaskHandle_t owner);

/* Processes events, and reconnects when it is due. `now` is the current time in milliseconds. */
void network_tick(uint32_t now);

/* Returns the milliseconds until network_tick is due, or UINT32_MAX if only an event makes it due. */
uint32_t network_ms_until_tick(uint32_t now);

/* Returns whether the network is connected and has an IP address. */
bool network_is_up(void);

/* Writes the IP address to `out`, which has `size` bytes; an empty text if there is none. */
void network_get_ip(char *out, size_t size);

/* Reads the Wi-Fi signal strength in dBm. Returns false if there is none. */
bool network_get_rssi(int32_t *dbm);

#endif
