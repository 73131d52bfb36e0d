/* Stub of ESP-IDF's freertos/FreeRTOS.h; see README.md. */
#ifndef STUB_FREERTOS_FREERTOS_H
#define STUB_FREERTOS_FREERTOS_H

#include <stdint.h>

typedef int BaseType_t;
typedef unsigned UBaseType_t;
#if CONFIG_IDF_TARGET_LINUX
typedef unsigned long TickType_t;
#else
typedef uint32_t TickType_t;
#endif

#define pdFALSE ((BaseType_t)0)
#define pdTRUE ((BaseType_t)1)
#define pdPASS pdTRUE
#define portMAX_DELAY ((TickType_t)-1)
#define portTICK_PERIOD_MS ((TickType_t)10)
#define pdMS_TO_TICKS(ms) ((TickType_t)(ms) / portTICK_PERIOD_MS)
#define portYIELD_FROM_ISR(woken) ((void)(woken))

#endif
