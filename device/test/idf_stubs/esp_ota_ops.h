/* Stub of ESP-IDF's esp_ota_ops.h; see README.md. */
#ifndef STUB_ESP_OTA_OPS_H
#define STUB_ESP_OTA_OPS_H

#include "esp_err.h"
#include "esp_partition.h"

typedef enum { ESP_OTA_IMG_PENDING_VERIFY = 1, ESP_OTA_IMG_UNDEFINED = -1 } esp_ota_img_states_t;

const esp_partition_t *esp_ota_get_running_partition(void);
esp_err_t esp_ota_get_state_partition(const esp_partition_t *partition, esp_ota_img_states_t *state);
esp_err_t esp_ota_mark_app_valid_cancel_rollback(void);

#endif
