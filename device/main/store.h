/* Non-volatile storage: the configuration and the settings. */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>

#include "config.h"
#include "settings.h"

/* The keys of store_write_text. */
#define STORE_SSID "ssid"
#define STORE_WIFI_PASSWORD "wifi_password"
#define STORE_URI "uri"
#define STORE_USER "user"
#define STORE_PASSWORD "password"
#define STORE_CLIENT_ID "client_id"
#define STORE_ID "id"
#define STORE_CA "ca"

/* Initializes NVS; erases it if its content is unreadable. Returns false on failure. Called once, before the other
 * functions, which may then be called from any task. */
bool store_init(void);

/* Reads the configuration. Values that are not stored are those of Kconfig. The caller frees config->ca. */
void store_read_config(struct config *config);

/* Stores a text under a key, or removes it if it is empty. Returns false on failure. */
bool store_write_text(const char *key, const char *text);

/* Reads the settings. Returns false if none are stored. */
bool store_read_settings(struct settings *settings);

/* Stores the settings. Returns false on failure. */
bool store_write_settings(const struct settings *settings);

/* Erases configuration and settings. Returns false on failure. */
bool store_erase(void);

#endif
