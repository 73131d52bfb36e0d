/* The board's pins and sensors on ESP32, ESP32-S3 and ESP32-C3. */
#include "board.h"

#include <stdio.h>

#include "console.h"
#include "driver/gpio.h"
#include "driver/ledc.h"
#include "esp_adc/adc_cali.h"
#include "esp_adc/adc_cali_scheme.h"
#include "esp_adc/adc_oneshot.h"
#include "esp_log.h"
#include "esp_mac.h"
#include "esp_ota_ops.h"
#include "esp_system.h"
#include "esp_task_wdt.h"
#include "freertos/queue.h"
#include "led_strip.h"
#include "network.h"
#include "sdkconfig.h"
#include "soc/soc_caps.h"
#if SOC_TEMP_SENSOR_SUPPORTED
#include "driver/temperature_sensor.h"
#endif

static const char TAG[] = "board";

enum { LAMP_HZ = 5000, LAMP_DUTY_MAX = 8191, LAMP_STACK = 3072, LAMP_PRIORITY = 3 };

static struct {
    TaskHandle_t owner;
    QueueHandle_t lights; /* holds the one light to be shown */
    bool has_lamp;
    led_strip_handle_t strip;
    adc_oneshot_unit_handle_t adc;
    adc_channel_t channel;
    adc_cali_handle_t calibration;
#if SOC_TEMP_SENSOR_SUPPORTED
    temperature_sensor_handle_t thermometer;
#endif
} board;

static bool ok(esp_err_t err, const char *what)
{
    if (err != ESP_OK) {
        ESP_LOGW(TAG, "%s: %s", what, esp_err_to_name(err));
    }
    return err == ESP_OK;
}

/* Linear duty, 0 to 1000, for a brightness as the eye sees it. */
static uint32_t linear(uint32_t level)
{
    return level * level / LIGHT_FULL;
}

static void show_on_led(const struct light *light)
{
    if (!board.has_lamp) {
        return;
    }
    const uint32_t duty = linear(light->level) * LAMP_DUTY_MAX / LIGHT_FULL;
    if (ok(ledc_set_duty(LEDC_LOW_SPEED_MODE, LEDC_CHANNEL_0, duty), "lamp")) {
        ok(ledc_update_duty(LEDC_LOW_SPEED_MODE, LEDC_CHANNEL_0), "lamp");
    }
}

static void show_on_strip(const struct light *light)
{
    const uint32_t duty = linear(light->level);
    if (board.strip == NULL) {
        return;
    }
    if (ok(led_strip_set_pixel(board.strip, 0, light->red * duty / LIGHT_FULL, light->green * duty / LIGHT_FULL,
                               light->blue * duty / LIGHT_FULL),
           "RGB LED")) {
        ok(led_strip_refresh(board.strip), "RGB LED");
    }
}

/* Shows the newest light. A task of its own, because the RGB LED's driver waits for its hardware. */
static void lamp_task(void *argument)
{
    (void)argument;
    struct light light;
    for (;;) {
        if (xQueueReceive(board.lights, &light, portMAX_DELAY) == pdTRUE) {
            show_on_led(&light);
            show_on_strip(&light);
        }
    }
}

static void start_lamp(void)
{
    if (CONFIG_DASH_LAMP_GPIO < 0) {
        return;
    }
    const ledc_timer_config_t timer = {
        .speed_mode = LEDC_LOW_SPEED_MODE,
        .duty_resolution = LEDC_TIMER_13_BIT,
        .timer_num = LEDC_TIMER_0,
        .freq_hz = LAMP_HZ,
        .clk_cfg = LEDC_AUTO_CLK,
    };
    const ledc_channel_config_t channel = {
        .gpio_num = CONFIG_DASH_LAMP_GPIO,
        .speed_mode = LEDC_LOW_SPEED_MODE,
        .channel = LEDC_CHANNEL_0,
        .timer_sel = LEDC_TIMER_0,
    };
    board.has_lamp = ok(ledc_timer_config(&timer), "lamp") && ok(ledc_channel_config(&channel), "lamp");
}

static void start_strip(void)
{
    if (CONFIG_DASH_RGB_GPIO < 0) {
        return;
    }
    const led_strip_config_t strip = {
        .strip_gpio_num = CONFIG_DASH_RGB_GPIO,
        .max_leds = 1,
        .led_model = LED_MODEL_WS2812,
        .color_component_format = LED_STRIP_COLOR_COMPONENT_FMT_GRB,
    };
    const led_strip_rmt_config_t rmt = {.resolution_hz = 10 * 1000 * 1000};
    if (!ok(led_strip_new_rmt_device(&strip, &rmt, &board.strip), "RGB LED")) {
        board.strip = NULL;
    }
}

static void start_signal(void)
{
    if (CONFIG_DASH_SIGNAL_GPIO < 0) {
        return;
    }
    const gpio_config_t pin = {
        .pin_bit_mask = 1ULL << (CONFIG_DASH_SIGNAL_GPIO & 63),
        .mode = GPIO_MODE_OUTPUT,
    };
    ok(gpio_config(&pin), "status LED");
}

static void on_button(void *argument)
{
    (void)argument;
    BaseType_t woken = pdFALSE;
    vTaskNotifyGiveFromISR(board.owner, &woken);
    portYIELD_FROM_ISR(woken);
}

static void start_button(void)
{
    if (CONFIG_DASH_BUTTON_GPIO < 0) {
        return;
    }
    const gpio_config_t pin = {
        .pin_bit_mask = 1ULL << (CONFIG_DASH_BUTTON_GPIO & 63),
        .mode = GPIO_MODE_INPUT,
        .pull_up_en = GPIO_PULLUP_ENABLE,
        .intr_type = GPIO_INTR_ANYEDGE,
    };
    if (ok(gpio_config(&pin), "button") && ok(gpio_install_isr_service(0), "button")) {
        ok(gpio_isr_handler_add(CONFIG_DASH_BUTTON_GPIO, on_button, NULL), "button");
    }
}

static bool calibrate(adc_unit_t unit)
{
#if ADC_CALI_SCHEME_CURVE_FITTING_SUPPORTED
    const adc_cali_curve_fitting_config_t scheme = {
        .unit_id = unit,
        .chan = board.channel,
        .atten = ADC_ATTEN_DB_12,
        .bitwidth = ADC_BITWIDTH_DEFAULT,
    };
    return ok(adc_cali_create_scheme_curve_fitting(&scheme, &board.calibration), "ADC calibration");
#else
    const adc_cali_line_fitting_config_t scheme = {
        .unit_id = unit,
        .atten = ADC_ATTEN_DB_12,
        .bitwidth = ADC_BITWIDTH_DEFAULT,
    };
    return ok(adc_cali_create_scheme_line_fitting(&scheme, &board.calibration), "ADC calibration");
#endif
}

/* Only ADC1 is used: the other one belongs to the Wi-Fi. */
static void start_adc(void)
{
    adc_unit_t unit = ADC_UNIT_1;
    if (CONFIG_DASH_ADC_GPIO < 0 ||
        !ok(adc_oneshot_io_to_channel(CONFIG_DASH_ADC_GPIO, &unit, &board.channel), "ADC")) {
        return;
    }
    if (unit != ADC_UNIT_1) {
        ESP_LOGW(TAG, "ADC: pin %d is not on ADC1", CONFIG_DASH_ADC_GPIO);
        return;
    }
    const adc_oneshot_unit_init_cfg_t init = {.unit_id = ADC_UNIT_1};
    const adc_oneshot_chan_cfg_t channel = {.atten = ADC_ATTEN_DB_12, .bitwidth = ADC_BITWIDTH_DEFAULT};
    if (!calibrate(unit) || !ok(adc_oneshot_new_unit(&init, &board.adc), "ADC")) {
        board.adc = NULL;
    } else if (!ok(adc_oneshot_config_channel(board.adc, board.channel, &channel), "ADC")) {
        board.adc = NULL;
    }
}

static void start_thermometer(void)
{
#if SOC_TEMP_SENSOR_SUPPORTED
    const temperature_sensor_config_t config = TEMPERATURE_SENSOR_CONFIG_DEFAULT(-10, 80);
    if (!ok(temperature_sensor_install(&config, &board.thermometer), "thermometer") ||
        !ok(temperature_sensor_enable(board.thermometer), "thermometer")) {
        board.thermometer = NULL;
    }
#endif
}

void board_start(TaskHandle_t owner)
{
    board.owner = owner;
    start_lamp();
    start_strip();
    start_signal();
    start_button();
    start_adc();
    start_thermometer();
    board.lights = xQueueCreate(1, sizeof(struct light));
    if (board.lights != NULL &&
        xTaskCreate(lamp_task, "lamp", LAMP_STACK, NULL, LAMP_PRIORITY, NULL) != pdPASS) {
        ESP_LOGE(TAG, "lamp: no memory");
    }
}

static const char *reset_reason(void)
{
    switch (esp_reset_reason()) {
    case ESP_RST_POWERON:
        return "power on";
    case ESP_RST_EXT:
        return "reset pin";
    case ESP_RST_SW:
        return "restart";
    case ESP_RST_PANIC:
        return "crash";
    case ESP_RST_INT_WDT:
    case ESP_RST_TASK_WDT:
    case ESP_RST_WDT:
        return "watchdog";
    case ESP_RST_BROWNOUT:
        return "brownout";
    default:
        return "other";
    }
}

void board_identify(struct board_identity *identity)
{
    uint8_t mac[6] = {0};
    ok(esp_read_mac(mac, ESP_MAC_WIFI_STA), "MAC");
    snprintf(identity->id, sizeof identity->id, "%02x%02x%02x", mac[3], mac[4], mac[5]);
    snprintf(identity->mac, sizeof identity->mac, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
             mac[4], mac[5]);
    identity->chip = CONFIG_IDF_TARGET;
    identity->sdk = esp_get_idf_version();
    identity->reset_reason = reset_reason();
}

void board_override(struct config *config)
{
    (void)config;
}

void board_light(const struct light *light)
{
    if (board.lights != NULL) {
        (void)xQueueOverwrite(board.lights, light);
    }
}

void board_signal(bool on)
{
    if (CONFIG_DASH_SIGNAL_GPIO >= 0) {
        (void)gpio_set_level(CONFIG_DASH_SIGNAL_GPIO, on ? 1 : 0);
    }
}

bool board_button(void)
{
    return CONFIG_DASH_BUTTON_GPIO >= 0 && gpio_get_level(CONFIG_DASH_BUTTON_GPIO) == 0;
}

static void read_thermometer(struct device_readings *readings)
{
#if SOC_TEMP_SENSOR_SUPPORTED
    float celsius = 0;
    if (board.thermometer != NULL && temperature_sensor_get_celsius(board.thermometer, &celsius) == ESP_OK) {
        readings->has_temperature = true;
        readings->temperature_centi = (int32_t)(celsius * 100.0f);
    }
#else
    (void)readings;
#endif
}

void board_read(struct device_readings *readings)
{
    int millivolts = 0;
    read_thermometer(readings);
    if (board.adc != NULL &&
        adc_oneshot_get_calibrated_result(board.adc, board.calibration, board.channel, &millivolts) == ESP_OK &&
        millivolts >= 0) {
        readings->has_adc = true;
        readings->adc_mv = (uint32_t)millivolts;
    }
    readings->has_rssi = network_rssi(&readings->rssi_dbm);
    readings->has_heap = true;
    readings->heap_bytes = esp_get_free_heap_size();
}

void board_watch(void)
{
    ok(esp_task_wdt_add(NULL), "watchdog");
}

void board_alive(void)
{
    (void)esp_task_wdt_reset();
}

void board_accept_firmware(void)
{
    esp_ota_img_states_t state = ESP_OTA_IMG_UNDEFINED;
    if (esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) == ESP_OK &&
        state == ESP_OTA_IMG_PENDING_VERIFY) {
        ok(esp_ota_mark_app_valid_cancel_rollback(), "firmware");
    }
}

void board_console(void (*restart)(void))
{
    console_start(restart);
}
