/* Stub of ESP-IDF's esp_partition.h; see README.md. */
#ifndef STUB_ESP_PARTITION_H
#define STUB_ESP_PARTITION_H

#include "esp_err.h"

typedef struct esp_partition esp_partition_t;

#endif
