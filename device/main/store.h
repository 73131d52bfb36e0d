/* What the board keeps in its non-volatile storage: the configuration and the settings of the last run. */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>

#include "config.h"
#include "settings.h"

/* The texts that can be stored. */
#define STORE_SSID "ssid"
#define STORE_WIFI_PASSWORD "wifi_password"
#define STORE_URI "uri"
#define STORE_USER "user"
#define STORE_PASSWORD "password"
#define STORE_CLIENT_ID "client_id"
#define STORE_ID "id"
#define STORE_CA "ca"

/* Opens the storage; one that cannot be read is erased. False when there is none. */
bool store_open(void);

/* Reads the configuration. What is not stored comes from the build's defaults. */
void store_read_config(struct config *config);

/* Stores one text; an empty one is removed. False when it could not be stored. */
bool store_write_text(const char *key, const char *text);

/* Reads the settings. False when there are none. */
bool store_read_settings(struct settings *settings);

/* Stores the settings. False when they could not be stored. */
bool store_write_settings(const struct settings *settings);

/* Forgets everything. */
bool store_erase(void);

#endif
