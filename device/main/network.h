/* The way to the network: Wi-Fi on a board, nothing to do on a computer. */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

/* Brings the network stack up and begins to join. `owner` is notified of every change. */
void network_start(const struct config *config, TaskHandle_t owner);

/* Joins again when it is time to. */
void network_tick(uint32_t now);

/* Milliseconds until network_tick has something to do. */
uint32_t network_next(uint32_t now);

/* Whether there is an address. */
bool network_up(void);

/* Writes the address, or an empty text. */
void network_ip(char *out, size_t size);

/* Reads the signal strength. False where there is none. */
bool network_rssi(int32_t *dbm);

#endif
