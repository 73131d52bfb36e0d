/* Stub of ESP-IDF's soc/soc_caps.h; see README.md. */
#ifndef STUB_SOC_SOC_CAPS_H
#define STUB_SOC_SOC_CAPS_H

#include "sdkconfig.h"

#if CONFIG_IDF_TARGET_ESP32S3 || CONFIG_IDF_TARGET_ESP32C3
#define SOC_TEMP_SENSOR_SUPPORTED 1
#endif

#endif
