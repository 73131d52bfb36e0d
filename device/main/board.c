/* Button, status LED, watchdog and identity of the board on ESP32, ESP32-S3 and ESP32-C3. */
#include "board.h"

#include <stdio.h>

#include "console.h"
#include "driver/gpio.h"
#include "esp_log.h"
#include "esp_mac.h"
#include "esp_ota_ops.h"
#include "esp_system.h"
#include "esp_task_wdt.h"
#include "lamp_led.h"
#include "sdkconfig.h"
#include "sensors.h"

static const char TAG[] = "board";

static TaskHandle_t button_owner;

/* Logs an error of the named part. Returns whether there was none. */
static bool check(esp_err_t err, const char *part)
{
    if (err != ESP_OK) {
        ESP_LOGW(TAG, "%s failed: %s", part, esp_err_to_name(err));
    }
    return err == ESP_OK;
}

/* The bit of a pin in a GPIO mask. `& 63` keeps the shift valid when the pin is -1, although it is not used then. */
#define PIN_BIT(pin) (1ULL << ((pin) & 63))

static void init_status_led(void)
{
    if (CONFIG_DASH_STATUS_LED_GPIO < 0) {
        return;
    }
    const gpio_config_t pin = {
        .pin_bit_mask = PIN_BIT(CONFIG_DASH_STATUS_LED_GPIO),
        .mode = GPIO_MODE_OUTPUT,
    };
    check(gpio_config(&pin), "status LED");
}

static void button_isr(void *argument)
{
    (void)argument;
    BaseType_t task_woken = pdFALSE;
    vTaskNotifyGiveFromISR(button_owner, &task_woken);
    portYIELD_FROM_ISR(task_woken);
}

static void init_button(void)
{
    if (CONFIG_DASH_BUTTON_GPIO < 0) {
        return;
    }
    const gpio_config_t pin = {
        .pin_bit_mask = PIN_BIT(CONFIG_DASH_BUTTON_GPIO),
        .mode = GPIO_MODE_INPUT,
        .pull_up_en = GPIO_PULLUP_ENABLE,
        .intr_type = GPIO_INTR_ANYEDGE,
    };
    if (check(gpio_config(&pin), "button") && check(gpio_install_isr_service(0), "button")) {
        check(gpio_isr_handler_add(CONFIG_DASH_BUTTON_GPIO, button_isr, NULL), "button");
    }
}

void board_init(TaskHandle_t owner)
{
    button_owner = owner;
    lamp_led_init();
    sensors_init();
    init_status_led();
    init_button();
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

void board_get_identity(struct board_identity *identity)
{
    uint8_t mac[6] = {0};
    check(esp_read_mac(mac, ESP_MAC_WIFI_STA), "reading the MAC address");
    snprintf(identity->id, sizeof identity->id, "%02x%02x%02x", mac[3], mac[4], mac[5]);
    snprintf(identity->mac, sizeof identity->mac, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
             mac[4], mac[5]);
    identity->chip = CONFIG_IDF_TARGET;
    identity->sdk = esp_get_idf_version();
    identity->reset_reason = reset_reason();
}

void board_override_config(struct config *config)
{
    (void)config;
}

void board_set_status_led(bool on)
{
    if (CONFIG_DASH_STATUS_LED_GPIO >= 0) {
        (void)gpio_set_level(CONFIG_DASH_STATUS_LED_GPIO, on ? 1 : 0);
    }
}

bool board_button_is_pressed(void)
{
    return CONFIG_DASH_BUTTON_GPIO >= 0 && gpio_get_level(CONFIG_DASH_BUTTON_GPIO) == 0;
}

void board_watchdog_add_task(void)
{
    check(esp_task_wdt_add(NULL), "adding the task to the watchdog");
}

void board_watchdog_feed(void)
{
    (void)esp_task_wdt_reset();
}

void board_confirm_firmware(void)
{
    esp_ota_img_states_t state = ESP_OTA_IMG_UNDEFINED;
    if (esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) == ESP_OK &&
        state == ESP_OTA_IMG_PENDING_VERIFY) {
        check(esp_ota_mark_app_valid_cancel_rollback(), "confirming the firmware");
    }
}

void board_start_console(void (*on_restart)(void))
{
    console_start(on_restart);
}
