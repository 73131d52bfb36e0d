/* Stands in for the Wi-Fi, the board and the console when the firmware is built as a program for Linux.
 * DASH_URI names the broker, DASH_CA a PEM file to trust, DASH_FLASH an emulated flash left by an earlier run. */
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

/* Longest certificate file. */
enum { CA_MAX = 16384 };

/* ESP-MQTT asks for this clock, which ESP-IDF declares for Linux but may not have. */
__attribute__((weak)) int64_t esp_timer_get_time(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* TLS of ESP-IDF 6 needs this; on a chip it is done before app_main. */
static void start_crypto(void)
{
#if ESP_IDF_VERSION_MAJOR >= 6
    if (psa_crypto_init() != PSA_SUCCESS) {
        ESP_LOGE(TAG, "no cryptography: TLS will not work");
    }
#endif
}

void network_start(const struct config *config, TaskHandle_t owner)
{
    (void)config;
    (void)owner;
    start_crypto();
    if (esp_event_loop_create_default() != ESP_OK) {
        ESP_LOGE(TAG, "no event loop");
    }
}

void network_tick(uint32_t now)
{
    (void)now;
}

uint32_t network_next(uint32_t now)
{
    (void)now;
    return UINT32_MAX;
}

bool network_up(void)
{
    return true;
}

void network_ip(char *out, size_t size)
{
    snprintf(out, size, "127.0.0.1");
}

bool network_rssi(int32_t *dbm)
{
    (void)dbm;
    return false;
}

void board_start(TaskHandle_t owner)
{
    const char *flash = getenv("DASH_FLASH");
    (void)owner;
    if (flash != NULL) {
        esp_partition_file_mmap_ctrl_t *control = esp_partition_get_file_mmap_ctrl_input();
        snprintf(control->flash_file_name, sizeof control->flash_file_name, "%s", flash);
    }
}

void board_identify(struct board_identity *identity)
{
    snprintf(identity->id, sizeof identity->id, "abcdef");
    snprintf(identity->mac, sizeof identity->mac, "02:00:00:ab:cd:ef");
    identity->chip = "linux";
    identity->sdk = esp_get_idf_version();
    identity->reset_reason = "power on";
}

static char *read_file(const char *path)
{
    char *text = calloc(1, CA_MAX);
    FILE *file = fopen(path, "r");
    if (file == NULL || text == NULL || fread(text, 1, CA_MAX - 1, file) == 0) {
        ESP_LOGE(TAG, "%s cannot be read", path);
        free(text);
        text = NULL;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return text;
}

void board_override(struct config *config)
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

void board_light(const struct light *light)
{
    ESP_LOGD(TAG, "light %u #%02X%02X%02X", light->level, light->red, light->green, light->blue);
}

void board_signal(bool on)
{
    (void)on;
}

bool board_button(void)
{
    return false;
}

void board_read(struct device_readings *readings)
{
    (void)readings;
}

void board_watch(void)
{
}

void board_alive(void)
{
}

void board_accept_firmware(void)
{
}

void board_console(void (*restart)(void))
{
    (void)restart;
}
