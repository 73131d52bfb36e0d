/* The board's button, status LED, watchdog and identity on ESP32, ESP32-S3 and ESP32-C3. */
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

static bool ok(esp_err_t err, const char *what)
{
    if (err != ESP_OK) {
        ESP_LOGW(TAG, "%s: %s", what, esp_err_to_name(err));
    }
    return err == ESP_OK;
}

/* The bit of a pin. The mask keeps the shift in range where there is no pin. */
#define PIN_BIT(pin) (1ULL << ((pin) & 63))

static void start_signal(void)
{
    if (CONFIG_DASH_SIGNAL_GPIO < 0) {
        return;
    }
    const gpio_config_t pin = {
        .pin_bit_mask = PIN_BIT(CONFIG_DASH_SIGNAL_GPIO),
        .mode = GPIO_MODE_OUTPUT,
    };
    ok(gpio_config(&pin), "status LED");
}

static void on_button(void *argument)
{
    (void)argument;
    BaseType_t woken = pdFALSE;
    vTaskNotifyGiveFromISR(button_owner, &woken);
    portYIELD_FROM_ISR(woken);
}

static void start_button(void)
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
    if (ok(gpio_config(&pin), "button") && ok(gpio_install_isr_service(0), "button")) {
        ok(gpio_isr_handler_add(CONFIG_DASH_BUTTON_GPIO, on_button, NULL), "button");
    }
}

void board_start(TaskHandle_t owner)
{
    button_owner = owner;
    lamp_led_start();
    sensors_start();
    start_signal();
    start_button();
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
