/* The owner task: it owns the core and passes it all events of the hardware and of the connections. */
#include <stdatomic.h>
#include <stdio.h>

#include "board.h"
#include "config.h"
#include "device.h"
#include "esp_log.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "inbox.h"
#include "mqtt_connection.h"
#include "network.h"
#include "status_led.h"
#include "store.h"
#include "time_ms.h"

static const char TAG[] = "main";

enum {
    OWNER_PRIORITY = 6,     /* above ESP-MQTT's 5, so that each message is processed before the next one is read */
    MAX_SLEEP_MS = 10000,   /* well below the timeout of the watchdog */
    OFFLINE_DELAY_MS = 300, /* time to send the "offline" message before disconnecting */
};

static struct {
    struct device device;
    struct config config;
    struct board_identity identity;
    char client_id[65];
    char will_topic[TOPIC_MAX + 1];
    TaskHandle_t owner;
    atomic_bool restart_requested;
} firmware;

static uint32_t now_ms(void)
{
    return (uint32_t)(xTaskGetTickCount() * portTICK_PERIOD_MS);
}

/* Requests a restart. Called from the task of the console. */
static void request_restart(void)
{
    atomic_store(&firmware.restart_requested, true);
    xTaskNotifyGive(firmware.owner);
}

static void set_light(void *context, const struct light *light)
{
    (void)context;
    board_set_light(light);
}

static void read_sensors(void *context, struct device_readings *readings)
{
    (void)context;
    board_read_sensors(readings);
}

static bool save_settings(void *context, const struct settings *settings)
{
    (void)context;
    return store_write_settings(settings);
}

/* Initializes the core with the stored settings, and with the default ID if the configured one is invalid. */
static void init_device(void)
{
    const struct device_port port = {
        NULL, mqtt_connection_publish, mqtt_connection_subscribe, set_light, read_sensors, save_settings};
    const struct board_identity *board = &firmware.identity;
    struct device_identity identity = {
        .id = firmware.config.id,
        .chip = board->chip,
        .sdk = board->sdk,
        .mac = board->mac,
        .reset_reason = board->reset_reason,
    };
    struct settings stored;
    const bool found = store_read_settings(&stored);
    if (!device_init(&firmware.device, &port, &identity, found ? &stored : NULL, now_ms())) {
        identity.id = board->id;
        (void)device_init(&firmware.device, &port, &identity, found ? &stored : NULL, now_ms());
    }
    ESP_LOGI(TAG, "firmware " DEVICE_FIRMWARE_VERSION ", base topic %s", firmware.device.base);
}

static void init_mqtt_connection(void)
{
    const struct config *config = &firmware.config;
    if (config->client_id[0] != '\0') {
        snprintf(firmware.client_id, sizeof firmware.client_id, "%s", config->client_id);
    } else {
        snprintf(firmware.client_id, sizeof firmware.client_id, "esp32-%s", firmware.device.id);
    }
    if (device_format_topic(&firmware.device, "status", firmware.will_topic, sizeof firmware.will_topic)) {
        (void)mqtt_connection_init(config, firmware.client_id, firmware.will_topic, firmware.owner);
    }
}

static void init_firmware(void)
{
    firmware.owner = xTaskGetCurrentTaskHandle();
    board_init(firmware.owner);
    board_get_identity(&firmware.identity);
    (void)store_init();
    store_read_config(&firmware.config);
    board_override_config(&firmware.config);
    init_device();
    network_start(&firmware.config, firmware.owner);
    init_mqtt_connection();
    board_start_console(request_restart);
    board_watchdog_add_task();
}

static void on_connected(uint32_t now)
{
    char ip[46];
    network_get_ip(ip, sizeof ip);
    device_on_connected(&firmware.device, ip, now);
    board_confirm_firmware();
}

/* Passes the events and messages of the MQTT connection to the core, in the order in which they happened. */
static void process_mqtt_events(uint32_t now)
{
    struct device_fragment fragment;
    const struct mqtt_connection_events events = mqtt_connection_take_events();
    if (events.connected && !events.disconnected) {
        on_connected(now);
    }
    while (inbox_pop(&fragment)) {
        device_receive(&firmware.device, &fragment, now);
    }
    if (events.messages_lost) {
        device_report_lost_commands(&firmware.device, now);
    }
    if (events.disconnected) {
        device_on_disconnected(&firmware.device, now);
    }
}

/* Shows the status on the status LED. Returns the milliseconds until the LED changes. */
static uint32_t update_status_led(uint32_t now)
{
    enum status_code status = mqtt_connection_status();
    if (firmware.config.ssid[0] == '\0' && !network_is_up()) {
        status = STATUS_NOT_CONFIGURED;
    } else if (!network_is_up()) {
        status = STATUS_NO_WIFI;
    }
    board_set_status_led(status_led_is_on(status, now));
    return status_led_ms_until_change(status, now);
}

/* Saves the settings, disconnects and restarts. Does not return. */
static void restart(uint32_t now)
{
    const struct settings settings = device_get_settings(&firmware.device);
    ESP_LOGI(TAG, "restarting");
    (void)store_write_settings(&settings);
    if (device_go_offline(&firmware.device, now)) {
        vTaskDelay(pdMS_TO_TICKS(OFFLINE_DELAY_MS));
    }
    mqtt_connection_close();
    esp_restart();
}

/* Does everything that is due. Returns the milliseconds until something is due again, unless an event occurs. */
static uint32_t run_once(void)
{
    const uint32_t now = now_ms();
    board_watchdog_feed();
    network_tick(now);
    mqtt_connection_tick(network_is_up(), now);
    process_mqtt_events(now);
    device_set_button(&firmware.device, board_button_is_pressed(), now);
    if (atomic_load(&firmware.restart_requested)) {
        restart(now);
    }
    uint32_t wait = ms_min(MAX_SLEEP_MS, update_status_led(now));
    const uint32_t later = now_ms();
    wait = ms_min(wait, device_ms_until_tick(&firmware.device, later));
    wait = ms_min(wait, network_ms_until_tick(later));
    return ms_min(wait, mqtt_connection_ms_until_tick(later));
}

void app_main(void)
{
    vTaskPrioritySet(NULL, OWNER_PRIORITY);
    init_firmware();
    for (;;) {
        const uint32_t wait = run_once();
        const TickType_t ticks = (TickType_t)((wait + portTICK_PERIOD_MS - 1) / portTICK_PERIOD_MS);
        (void)ulTaskNotifyTake(pdTRUE, ticks);
    }
}
