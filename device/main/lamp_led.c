/* The lamp's LED and RGB LED. */
#include "lamp_led.h"

#include "board.h"
#include "driver/ledc.h"
#include "esp_log.h"
#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"
#include "freertos/task.h"
#include "led_strip.h"
#include "sdkconfig.h"

static const char TAG[] = "lamp";

enum { LAMP_HZ = 5000, LAMP_DUTY_MAX = 8191, LAMP_STACK = 3072, LAMP_PRIORITY = 3 };

static struct {
    QueueHandle_t lights; /* holds the one light to be shown */
    bool has_led;
    led_strip_handle_t strip;
} lamp;

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
    return level * level / LIGHT_LEVEL_MAX;
}

static void show_on_led(const struct light *light)
{
    if (!lamp.has_led) {
        return;
    }
    const uint32_t duty = linear(light->level) * LAMP_DUTY_MAX / LIGHT_LEVEL_MAX;
    if (ok(ledc_set_duty(LEDC_LOW_SPEED_MODE, LEDC_CHANNEL_0, duty), "LED")) {
        ok(ledc_update_duty(LEDC_LOW_SPEED_MODE, LEDC_CHANNEL_0), "LED");
    }
}

static void show_on_strip(const struct light *light)
{
    const uint32_t duty = linear(light->level);
    if (lamp.strip == NULL) {
        return;
    }
    if (ok(led_strip_set_pixel(lamp.strip, 0, light->red * duty / LIGHT_LEVEL_MAX, light->green * duty / LIGHT_LEVEL_MAX,
                               light->blue * duty / LIGHT_LEVEL_MAX),
           "RGB LED")) {
        ok(led_strip_refresh(lamp.strip), "RGB LED");
    }
}

/* Shows the newest light. A task of its own, because the RGB LED's driver waits for its hardware. */
static void lamp_task(void *argument)
{
    (void)argument;
    struct light light;
    for (;;) {
        if (xQueueReceive(lamp.lights, &light, portMAX_DELAY) == pdTRUE) {
            show_on_led(&light);
            show_on_strip(&light);
        }
    }
}

static void start_led(void)
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
    lamp.has_led = ok(ledc_timer_config(&timer), "LED") && ok(ledc_channel_config(&channel), "LED");
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
    if (!ok(led_strip_new_rmt_device(&strip, &rmt, &lamp.strip), "RGB LED")) {
        lamp.strip = NULL;
    }
}

void lamp_led_start(void)
{
    start_led();
    start_strip();
    lamp.lights = xQueueCreate(1, sizeof(struct light));
    if (lamp.lights != NULL && xTaskCreate(lamp_task, "lamp", LAMP_STACK, NULL, LAMP_PRIORITY, NULL) != pdPASS) {
        ESP_LOGE(TAG, "no memory");
    }
}

void board_light(const struct light *light)
{
    if (lamp.lights != NULL) {
        (void)xQueueOverwrite(lamp.lights, light);
    }
}
