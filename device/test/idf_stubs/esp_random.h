/* Stub of ESP-IDF's esp_random.h; see README.md. */
#ifndef STUB_ESP_RANDOM_H
#define STUB_ESP_RANDOM_H

#include <stdint.h>

uint32_t esp_random(void);

#endif
