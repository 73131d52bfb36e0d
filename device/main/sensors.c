/* The analog input, the temperature sensor of the chip, the Wi-Fi signal and the free heap. */
#include "sensors.h"

#include "board.h"
#include "esp_adc/adc_cali.h"
#include "esp_adc/adc_cali_scheme.h"
#include "esp_adc/adc_oneshot.h"
#include "esp_log.h"
#include "esp_system.h"
#include "network.h"
#include "sdkconfig.h"
#include "soc/soc_caps.h"
#if SOC_TEMP_SENSOR_SUPPORTED
#include "driver/temperature_sensor.h"
#endif

static const char TAG[] = "sensors";

static struct {
    adc_oneshot_unit_handle_t adc;
    adc_channel_t channel;
    adc_cali_handle_t calibration;
#if SOC_TEMP_SENSOR_SUPPORTED
    temperature_sensor_handle_t temperature;
#endif
} sensors;

/* Logs an error of the named part. Returns whether there was none. */
static bool check(esp_err_t err, const char *part)
{
    if (err != ESP_OK) {
        ESP_LOGW(TAG, "%s failed: %s", part, esp_err_to_name(err));
    }
    return err == ESP_OK;
}

/* Creates the calibration that converts readings to millivolts. Returns false if the chip has no calibration data. */
static bool calibrate(adc_unit_t unit)
{
#if ADC_CALI_SCHEME_CURVE_FITTING_SUPPORTED
    const adc_cali_curve_fitting_config_t scheme = {
        .unit_id = unit,
        .chan = sensors.channel,
        .atten = ADC_ATTEN_DB_12,
        .bitwidth = ADC_BITWIDTH_DEFAULT,
    };
    return check(adc_cali_create_scheme_curve_fitting(&scheme, &sensors.calibration), "ADC calibration");
#else
    const adc_cali_line_fitting_config_t scheme = {
        .unit_id = unit,
        .atten = ADC_ATTEN_DB_12,
        .bitwidth = ADC_BITWIDTH_DEFAULT,
    };
    return check(adc_cali_create_scheme_line_fitting(&scheme, &sensors.calibration), "ADC calibration");
#endif
}

/* Initializes the analog input. Only ADC1 is used, because Wi-Fi uses ADC2. */
static void init_adc(void)
{
    adc_unit_t unit = ADC_UNIT_1;
    if (CONFIG_DASH_ADC_GPIO < 0 ||
        !check(adc_oneshot_io_to_channel(CONFIG_DASH_ADC_GPIO, &unit, &sensors.channel), "ADC")) {
        return;
    }
    if (unit != ADC_UNIT_1) {
        ESP_LOGW(TAG, "ADC: GPIO %d is not a pin of ADC1; choose another one in menuconfig", CONFIG_DASH_ADC_GPIO);
        return;
    }
    const adc_oneshot_unit_init_cfg_t init = {.unit_id = ADC_UNIT_1};
    const adc_oneshot_chan_cfg_t channel = {.atten = ADC_ATTEN_DB_12, .bitwidth = ADC_BITWIDTH_DEFAULT};
    if (!calibrate(unit) || !check(adc_oneshot_new_unit(&init, &sensors.adc), "ADC")) {
        sensors.adc = NULL;
    } else if (!check(adc_oneshot_config_channel(sensors.adc, sensors.channel, &channel), "ADC")) {
        sensors.adc = NULL;
    }
}

static void init_temperature_sensor(void)
{
#if SOC_TEMP_SENSOR_SUPPORTED
    const temperature_sensor_config_t config = TEMPERATURE_SENSOR_CONFIG_DEFAULT(-10, 80);
    if (!check(temperature_sensor_install(&config, &sensors.temperature), "temperature sensor") ||
        !check(temperature_sensor_enable(sensors.temperature), "temperature sensor")) {
        sensors.temperature = NULL;
    }
#endif
}

void sensors_init(void)
{
    init_adc();
    init_temperature_sensor();
}

static void read_temperature_sensor(struct device_readings *readings)
{
#if SOC_TEMP_SENSOR_SUPPORTED
    float celsius = 0;
    if (sensors.temperature != NULL && temperature_sensor_get_celsius(sensors.temperature, &celsius) == ESP_OK) {
        readings->has_temperature = true;
        readings->temperature_centi = (int32_t)(celsius * 100.0f);
    }
#else
    (void)readings;
#endif
}

void board_read_sensors(struct device_readings *readings)
{
    int millivolts = 0;
    read_temperature_sensor(readings);
    if (sensors.adc != NULL &&
        adc_oneshot_get_calibrated_result(sensors.adc, sensors.calibration, sensors.channel, &millivolts) == ESP_OK &&
        millivolts >= 0) {
        readings->has_adc = true;
        readings->adc_mv = (uint32_t)millivolts;
    }
    readings->has_rssi = network_get_rssi(&readings->rssi_dbm);
    readings->has_heap = true;
    readings->heap_bytes = esp_get_free_heap_size();
}
