/* Non-volatile storage in NVS. */
#include "store.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "esp_log.h"
#include "nvs.h"
#include "nvs_flash.h"
#include "sdkconfig.h"
#include "writer.h"

static const char TAG[] = "store";
static const char NAMESPACE[] = "dash";
static const char SETTINGS_KEY[] = "settings";

/* The stored form of the settings: a version byte and the values. */
enum { SETTINGS_VERSION = 1, SETTINGS_SIZE = 9 };

bool store_init(void)
{
    esp_err_t err = nvs_flash_init();
    if (err == ESP_ERR_NVS_NO_FREE_PAGES || err == ESP_ERR_NVS_NEW_VERSION_FOUND) {
        ESP_LOGW(TAG, "erasing NVS, whose content is unreadable: %s", esp_err_to_name(err));
        err = nvs_flash_erase();
        if (err == ESP_OK) {
            err = nvs_flash_init();
        }
    }
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "NVS is not available, nothing will be saved: %s", esp_err_to_name(err));
    }
    return err == ESP_OK;
}

/* Opens the namespace of the firmware. Returns false on failure. */
static bool open_namespace(nvs_open_mode_t mode, nvs_handle_t *handle)
{
    return nvs_open(NAMESPACE, mode, handle) == ESP_OK;
}

/* Commits a change, unless `err` is an error, and closes the namespace. Logs an error. Returns whether there was none. */
static bool commit_and_close(nvs_handle_t handle, esp_err_t err)
{
    if (err == ESP_OK) {
        err = nvs_commit(handle);
    }
    nvs_close(handle);
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "writing to NVS failed: %s", esp_err_to_name(err));
    }
    return err == ESP_OK;
}

/* Reads a text into a buffer; an empty text if it is not stored. */
static void read_text(nvs_handle_t handle, const char *key, char *out, size_t size)
{
    size_t length = size;
    if (nvs_get_str(handle, key, out, &length) != ESP_OK) {
        out[0] = '\0';
    }
}

/* Reads a text into memory that the caller frees. Returns NULL if it is not stored or memory is exhausted. */
static char *read_allocated_text(nvs_handle_t handle, const char *key)
{
    size_t length = 0;
    if (nvs_get_str(handle, key, NULL, &length) != ESP_OK) {
        return NULL;
    }
    char *text = malloc(length);
    if (text != NULL && nvs_get_str(handle, key, text, &length) != ESP_OK) {
        free(text);
        text = NULL;
    }
    return text;
}

static void read_stored_config(struct config *config)
{
    nvs_handle_t handle;
    if (!open_namespace(NVS_READONLY, &handle)) {
        return;
    }
    read_text(handle, STORE_SSID, config->ssid, sizeof config->ssid);
    read_text(handle, STORE_WIFI_PASSWORD, config->wifi_password, sizeof config->wifi_password);
    read_text(handle, STORE_URI, config->uri, sizeof config->uri);
    read_text(handle, STORE_USER, config->user, sizeof config->user);
    read_text(handle, STORE_PASSWORD, config->password, sizeof config->password);
    read_text(handle, STORE_CLIENT_ID, config->client_id, sizeof config->client_id);
    read_text(handle, STORE_ID, config->id, sizeof config->id);
    config->ca = read_allocated_text(handle, STORE_CA);
    nvs_close(handle);
}

void store_read_config(struct config *config)
{
    memset(config, 0, sizeof *config);
    read_stored_config(config);
    if (config->ssid[0] == '\0') {
        text_copy(config->ssid, sizeof config->ssid, CONFIG_DASH_WIFI_SSID);
        text_copy(config->wifi_password, sizeof config->wifi_password, CONFIG_DASH_WIFI_PASSWORD);
    }
    if (config->uri[0] == '\0') {
        text_copy(config->uri, sizeof config->uri, CONFIG_DASH_BROKER_URI);
    }
}

bool store_write_text(const char *key, const char *text)
{
    nvs_handle_t handle;
    if (!open_namespace(NVS_READWRITE, &handle)) {
        return false;
    }
    esp_err_t err = text[0] != '\0' ? nvs_set_str(handle, key, text) : nvs_erase_key(handle, key);
    if (err == ESP_ERR_NVS_NOT_FOUND) {
        err = ESP_OK;
    }
    return commit_and_close(handle, err);
}

bool store_read_settings(struct settings *settings)
{
    nvs_handle_t handle;
    uint8_t stored[SETTINGS_SIZE];
    size_t length = sizeof stored;
    if (!open_namespace(NVS_READONLY, &handle)) {
        return false;
    }
    const esp_err_t err = nvs_get_blob(handle, SETTINGS_KEY, stored, &length);
    nvs_close(handle);
    if (err != ESP_OK || length != sizeof stored || stored[0] != SETTINGS_VERSION) {
        return false;
    }
    *settings = (struct settings){
        .lamp = stored[1] != 0,
        .dim = stored[2],
        .red = stored[3],
        .green = stored[4],
        .blue = stored[5],
        .mode = stored[6],
        .interval_s = (uint16_t)(stored[7] << 8 | stored[8]),
    };
    return true;
}

bool store_write_settings(const struct settings *settings)
{
    const uint8_t stored[SETTINGS_SIZE] = {
        SETTINGS_VERSION,
        settings->lamp,
        settings->dim,
        settings->red,
        settings->green,
        settings->blue,
        settings->mode,
        (uint8_t)(settings->interval_s >> 8),
        (uint8_t)(settings->interval_s & 0xFF),
    };
    nvs_handle_t handle;
    if (!open_namespace(NVS_READWRITE, &handle)) {
        return false;
    }
    return commit_and_close(handle, nvs_set_blob(handle, SETTINGS_KEY, stored, sizeof stored));
}

bool store_erase(void)
{
    nvs_handle_t handle;
    if (!open_namespace(NVS_READWRITE, &handle)) {
        return false;
    }
    return commit_and_close(handle, nvs_erase_all(handle));
}
