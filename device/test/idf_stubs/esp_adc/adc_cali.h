/* Stub of ESP-IDF's esp_adc/adc_cali.h; see README.md. */
#ifndef STUB_ESP_ADC_ADC_CALI_H
#define STUB_ESP_ADC_ADC_CALI_H

#include "esp_err.h"

typedef struct adc_cali_scheme_t *adc_cali_handle_t;
typedef enum { ADC_UNIT_1, ADC_UNIT_2 } adc_unit_t;
typedef enum { ADC_CHANNEL_0 } adc_channel_t;
typedef enum { ADC_ATTEN_DB_12 = 3 } adc_atten_t;
typedef enum { ADC_BITWIDTH_DEFAULT } adc_bitwidth_t;

#endif
