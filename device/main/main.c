/* The firmware's one task: everything that happens to the board meets the core here. */
#include <stdatomic.h>
#include <stdio.h>

#include "board.h"
#include "broker.h"
#include "config.h"
#include "device.h"
#include "esp_log.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "inbox.h"
#include "network.h"
#include "signal_led.h"
#include "store.h"

static const char TAG[] = "main";

enum {
    OWNER_PRIORITY = 6,   /* above ESP-MQTT's 5: each message is taken before the next one is read */
    SLEEP_MAX_MS = 10000, /* well below the watchdog's limit */
    GOODBYE_MS = 300,
};

static struct {
    struct device device;
    struct config config;
    struct board_identity identity;
    char client_id[65];
    char will[TOPIC_MAX + 1];
    TaskHandle_t owner;
    atomic_bool restart_wanted;
} firmware;

static uint32_t now_ms(void)
{
    return (uint32_t)(xTaskGetTickCount() * portTICK_PERIOD_MS);
}

static void want_restart(void)
{
    atomic_store(&firmware.restart_wanted, true);
    xTaskNotifyGive(firmware.owner);
}

static void show_light(void *context, const struct light *light)
{
    (void)context;
    board_light(light);
}

static void read_sensors(void *context, struct device_readings *readings)
{
    (void)context;
    board_read(readings);
}

static bool save_settings(void *context, const struct settings *settings)
{
    (void)context;
    return store_write_settings(settings);
}

static void start_device(void)
{
    const struct device_port port = {NULL, broker_publish, broker_subscribe, show_light, read_sensors, save_settings};
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

static void open_broker(void)
{
    const struct config *config = &firmware.config;
    if (config->client_id[0] != '\0') {
        snprintf(firmware.client_id, sizeof firmware.client_id, "%s", config->client_id);
    } else {
        snprintf(firmware.client_id, sizeof firmware.client_id, "esp32-%s", firmware.device.id);
    }
    if (device_format_topic(&firmware.device, "status", firmware.will, sizeof firmware.will)) {
        (void)broker_open(config, firmware.client_id, firmware.will, firmware.owner);
    }
}

static void set_up(void)
{
    firmware.owner = xTaskGetCurrentTaskHandle();
    board_start(firmware.owner);
    board_identify(&firmware.identity);
    (void)store_open();
    store_read_config(&firmware.config);
    board_override(&firmware.config);
    start_device();
    network_start(&firmware.config, firmware.owner);
    open_broker();
    board_console(want_restart);
    board_watch();
}

static void connected(uint32_t now)
{
    char ip[46];
    network_ip(ip, sizeof ip);
    device_on_connected(&firmware.device, ip, now);
    board_accept_firmware();
}

/* Hands what has come from the broker to the core. */
static void take_news(uint32_t now)
{
    struct device_fragment piece;
    const struct broker_news news = broker_news();
    if (news.up && !news.down) {
        connected(now);
    }
    while (inbox_take(&piece)) {
        device_receive(&firmware.device, &piece, now);
    }
    if (news.lost) {
        device_report_lost_commands(&firmware.device, now);
    }
    if (news.down) {
        device_on_disconnected(&firmware.device, now);
    }
}

static uint32_t sooner(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Shows on the status LED how things are. Returns when it changes. */
static uint32_t show_signal(uint32_t now)
{
    enum signal_led signal = broker_signal();
    if (firmware.config.ssid[0] == '\0' && !network_up()) {
        signal = SIGNAL_NOT_SET;
    } else if (!network_up()) {
        signal = SIGNAL_NO_WIFI;
    }
    board_signal(signal_led_on(signal, now));
    return signal_led_next(signal, now);
}

static void restart(uint32_t now)
{
    const struct settings settings = device_get_settings(&firmware.device);
    ESP_LOGI(TAG, "restart");
    (void)store_write_settings(&settings);
    if (device_go_offline(&firmware.device, now)) {
        vTaskDelay(pdMS_TO_TICKS(GOODBYE_MS));
    }
    broker_close();
    esp_restart();
}

/* One turn of the loop. Returns how long there is nothing to do. */
static uint32_t turn(void)
{
    const uint32_t now = now_ms();
    board_alive();
    network_tick(now);
    broker_tick(network_up(), now);
    take_news(now);
    device_set_button(&firmware.device, board_button(), now);
    if (atomic_load(&firmware.restart_wanted)) {
        restart(now);
    }
    uint32_t wait = sooner(SLEEP_MAX_MS, show_signal(now));
    const uint32_t later = now_ms();
    wait = sooner(wait, device_ms_until_tick(&firmware.device, later));
    wait = sooner(wait, network_next(later));
    return sooner(wait, broker_next(later));
}

void app_main(void)
{
    vTaskPrioritySet(NULL, OWNER_PRIORITY);
    set_up();
    for (;;) {
        const uint32_t wait = turn();
        const TickType_t ticks = (TickType_t)((wait + portTICK_PERIOD_MS - 1) / portTICK_PERIOD_MS);
        (void)ulTaskNotifyTake(pdTRUE, ticks);
    }
}
