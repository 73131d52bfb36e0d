/* Stub of ESP-IDF's esp_crt_bundle.h; see README.md. */
#ifndef STUB_ESP_CRT_BUNDLE_H
#define STUB_ESP_CRT_BUNDLE_H

#include "esp_err.h"

esp_err_t esp_crt_bundle_attach(void *configuration);

#endif
