/* Replaces Wi-Fi, board and console when the firmware is built for the linux target of ESP-IDF.
 * Environment: DASH_URI is the broker URI, DASH_CA a PEM file with the CA certificate to trust, DASH_FLASH the file of
 * an emulated flash to reuse. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "board.h"
#include "esp_event.h"
#include "esp_idf_version.h"
#include "esp_log.h"
#include "esp_partition.h"
#include "esp_private/partition_linux.h"
#include "esp_system.h"
#include "esp_timer.h"
#include "network.h"
#if ESP_IDF_VERSION_MAJOR >= 6
#include "psa/crypto.h"
#endif

static const char TAG[] = "linux";

/* Longest certificate file in bytes, including the NUL that is appended. */
enum { CA_SIZE = 16384 };

/* ESP-MQTT needs this clock. ESP-IDF declares it for Linux but does not define it in every version. */
__attribute__((weak)) int64_t esp_timer_get_time(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* Initializes the cryptography that TLS needs since ESP-IDF 6. On a chip ESP-IDF does it before app_main. */
static void init_crypto(void)
{
#if ESP_IDF_VERSION_MAJOR >= 6
    if (psa_crypto_init() != PSA_SUCCESS) {
        ESP_LOGE(TAG, "initializing PSA cryptography failed: TLS will not work");
    }
#endif
}

void network_start(const struct config *config, TaskHandle_t owner)
{
    (void)config;
    (void)owner;
    init_crypto();
    if (esp_event_loop_create_default() != ESP_OK) {
        ESP_LOGE(TAG, "creating the event loop failed");
    }
}

void network_tick(uint32_t now)
{
    (void)now;
}

uint32_t network_ms_until_tick(uint32_t now)
{
    (void)now;
    return UINT32_MAX;
}

bool network_is_up(void)
{
    return true;
}

void network_get_ip(char *out, size_t size)
{
    snprintf(out, size, "127.0.0.1");
}

bool network_get_rssi(int32_t *dbm)
{
    (void)dbm;
    return false;
}

void board_init(TaskHandle_t owner)
{
    const char *flash = getenv("DASH_FLASH");
    (void)owner;
    if (flash != NULL) {
        esp_partition_file_mmap_ctrl_t *control = esp_partition_get_file_mmap_ctrl_input();
        snprintf(control->flash_file_name, sizeof control->flash_file_name, "%s", flash);
    }
}

void board_get_identity(struct board_identity *identity)
{
    snprintf(identity->id, sizeof identity->id, "abcdef");
    snprintf(identity->mac, sizeof identity->mac, "02:00:00:ab:cd:ef");
    identity->chip = "linux";
    identity->sdk = esp_get_idf_version();
    identity->reset_reason = "power on";
}

/* Reads a text file into memory that is never freed. Returns NULL on failure. */
static char *read_file(const char *path)
{
    char *text = calloc(1, CA_SIZE);
    FILE *file = fopen(path, "r");
    if (file == NULL || text == NULL || fread(text, 1, CA_SIZE - 1, file) == 0) {
        ESP_LOGE(TAG, "reading %s failed", path);
        free(text);
        text = NULL;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return text;
}

void board_override_config(struct config *config)
{
    const char *uri = getenv("DASH_URI");
    const char *ca = getenv("DASH_CA");
    if (uri != NULL) {
        snprintf(config->uri, sizeof config->uri, "%s", uri);
    }
    if (ca != NULL) {
        config->ca = read_file(ca);
    }
}

void board_set_light(const struct light *light)
{
    ESP_LOGD(TAG, "light %u #%02X%02X%02X", light->level, light->red, light->green, light->blue);
}

void board_set_status_led(bool on)
{
    (void)on;
}

bool board_button_is_pressed(void)
{
    return false;
}

void board_read_sensors(struct device_readings *readings)
{
    (void)readings;
}

void board_watchdog_add_task(void)
{
}

void board_watchdog_feed(void)
{
}

void board_confirm_firmware(void)
{
}

void board_start_console(void (*on_restart)(void))
{
    (void)on_restart;
}
