/* The LED (LEDC) and the RGB LED (WS2812 through led_strip) of the lamp. */
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

enum { LAMP_PWM_HZ = 5000, LAMP_DUTY_MAX = 8191, LAMP_STACK_SIZE = 3072, LAMP_PRIORITY = 3 };

static struct {
    QueueHandle_t lights; /* length 1: the newest light */
    bool has_led;
    led_strip_handle_t strip;
} lamp;

/* Logs an error of the named part. Returns whether there was none. */
static bool check(esp_err_t err, const char *part)
{
    if (err != ESP_OK) {
        ESP_LOGW(TAG, "%s failed: %s", part, esp_err_to_name(err));
    }
    return err == ESP_OK;
}

/* Converts a perceived brightness to a duty cycle, both 0 to LIGHT_LEVEL_MAX (gamma 2). */
static uint32_t duty_for_level(uint32_t level)
{
    return level * level / LIGHT_LEVEL_MAX;
}

static void set_led(const struct light *light)
{
    if (!lamp.has_led) {
        return;
    }
    const uint32_t duty = duty_for_level(light->level) * LAMP_DUTY_MAX / LIGHT_LEVEL_MAX;
    if (check(ledc_set_duty(LEDC_LOW_SPEED_MODE, LEDC_CHANNEL_0, duty), "LED")) {
        check(ledc_update_duty(LEDC_LOW_SPEED_MODE, LEDC_CHANNEL_0), "LED");
    }
}

static void set_rgb_led(const struct light *light)
{
    const uint32_t duty = duty_for_level(light->level);
    if (lamp.strip == NULL) {
        return;
    }
    if (check(led_strip_set_pixel(lamp.strip, 0, light->red * duty / LIGHT_LEVEL_MAX,
                                  light->green * duty / LIGHT_LEVEL_MAX, light->blue * duty / LIGHT_LEVEL_MAX),
              "RGB LED")) {
        check(led_strip_refresh(lamp.strip), "RGB LED");
    }
}

/* Shows each new light. It is a separate task because the driver of the RGB LED blocks. */
static void lamp_task(void *argument)
{
    (void)argument;
    struct light light;
    for (;;) {
        if (xQueueReceive(lamp.lights, &light, portMAX_DELAY) == pdTRUE) {
            set_led(&light);
            set_rgb_led(&light);
        }
    }
}

static void init_led(void)
{
    if (CONFIG_DASH_LAMP_GPIO < 0) {
        return;
    }
    const ledc_timer_config_t timer = {
        .speed_mode = LEDC_LOW_SPEED_MODE,
        .duty_resolution = LEDC_TIMER_13_BIT,
        .timer_num = LEDC_TIMER_0,
        .freq_hz = LAMP_PWM_HZ,
        .clk_cfg = LEDC_AUTO_CLK,
    };
    const ledc_channel_config_t channel = {
        .gpio_num = CONFIG_DASH_LAMP_GPIO,
        .speed_mode = LEDC_LOW_SPEED_MODE,
        .channel = LEDC_CHANNEL_0,
        .timer_sel = LEDC_TIMER_0,
    };
    lamp.has_led = check(ledc_timer_config(&timer), "LED") && check(ledc_channel_config(&channel), "LED");
}

static void init_rgb_led(void)
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
    if (!check(led_strip_new_rmt_device(&strip, &rmt, &lamp.strip), "RGB LED")) {
        lamp.strip = NULL;
    }
}

void lamp_led_init(void)
{
    init_led();
    init_rgb_led();
    lamp.lights = xQueueCreate(1, sizeof(struct light));
    if (lamp.lights != NULL && xTaskCreate(lamp_task, "lamp", LAMP_STACK_SIZE, NULL, LAMP_PRIORITY, NULL) != pdPASS) {
        ESP_LOGE(TAG, "cannot create the lamp task: out of memory");
    }
}

void board_set_light(const struct light *light)
{
    if (lamp.lights != NULL) {
        (void)xQueueOverwrite(lamp.lights, light);
    }
}
