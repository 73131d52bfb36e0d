/* Connects to the Wi-Fi network, and reconnects with backoff when the connection is lost. */
#include "network.h"

#include <stdatomic.h>
#include <string.h>

#include "backoff.h"
#include "esp_event.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "esp_random.h"
#include "esp_wifi.h"
#include "time_ms.h"

static const char TAG[] = "wifi";

/* An attempt that has not resulted in an IP address after this time is aborted. */
enum { ATTEMPT_TIMEOUT_MS = 30000 };

/* Flags that the event handlers set for the owner task. */
enum { EVENT_STARTED = 1u, EVENT_DISCONNECTED = 2u };

static struct {
    TaskHandle_t owner;
    esp_netif_t *netif;
    atomic_uint events;
    atomic_uint reason;
    atomic_bool has_ip;
    bool connecting;
    bool waiting;
    uint32_t time; /* start of the next attempt while waiting, timeout of the attempt while connecting */
    struct backoff backoff;
} wifi = {.backoff = {.initial_ms = 1000, .max_ms = 60000}};

/* Sets a flag for the owner task and wakes it. */
static void notify_owner(unsigned event)
{
    atomic_fetch_or(&wifi.events, event);
    xTaskNotifyGive(wifi.owner);
}

static void on_wifi_event(void *argument, esp_event_base_t base, int32_t id, void *data)
{
    (void)argument;
    (void)base;
    if (id == WIFI_EVENT_STA_START) {
        notify_owner(EVENT_STARTED);
    } else if (id == WIFI_EVENT_STA_DISCONNECTED) {
        const wifi_event_sta_disconnected_t *event = data;
        atomic_store(&wifi.has_ip, false);
        atomic_store(&wifi.reason, event->reason);
        notify_owner(EVENT_DISCONNECTED);
    }
}

static void on_ip_event(void *argument, esp_event_base_t base, int32_t id, void *data)
{
    (void)argument;
    (void)base;
    (void)data;
    if (id == IP_EVENT_STA_GOT_IP) {
        atomic_store(&wifi.has_ip, true);
    } else if (id == IP_EVENT_STA_LOST_IP) {
        atomic_store(&wifi.has_ip, false);
    }
    xTaskNotifyGive(wifi.owner);
}

/* Logs an error of the named step. Returns whether there was none. */
static bool check(esp_err_t err, const char *step)
{
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "%s failed: %s", step, esp_err_to_name(err));
    }
    return err == ESP_OK;
}

static wifi_config_t station_config(const struct config *config)
{
    wifi_config_t station;
    memset(&station, 0, sizeof station);
    memcpy(station.sta.ssid, config->ssid, strnlen(config->ssid, sizeof station.sta.ssid));
    memcpy(station.sta.password, config->wifi_password, strnlen(config->wifi_password, sizeof station.sta.password));
    station.sta.threshold.authmode = config->wifi_password[0] != '\0' ? WIFI_AUTH_WPA2_PSK : WIFI_AUTH_OPEN;
    station.sta.sae_pwe_h2e = WPA3_SAE_PWE_BOTH;
    station.sta.pmf_cfg.capable = true;
    return station;
}

void network_start(const struct config *config, TaskHandle_t owner)
{
    wifi.owner = owner;
    if (!check(esp_netif_init(), "initializing the network stack") ||
        !check(esp_event_loop_create_default(), "creating the event loop")) {
        return;
    }
    if (config->ssid[0] == '\0') {
        ESP_LOGW(TAG, "no Wi-Fi configured: set one with the console command 'wifi'");
        return;
    }
    wifi.netif = esp_netif_create_default_wifi_sta();
    const wifi_init_config_t init = WIFI_INIT_CONFIG_DEFAULT();
    wifi_config_t station = station_config(config);
    if (check(esp_wifi_init(&init), "initializing the Wi-Fi driver") &&
        check(esp_event_handler_instance_register(WIFI_EVENT, ESP_EVENT_ANY_ID, on_wifi_event, NULL, NULL),
              "registering an event handler") &&
        check(esp_event_handler_instance_register(IP_EVENT, ESP_EVENT_ANY_ID, on_ip_event, NULL, NULL),
              "registering an event handler") &&
        check(esp_wifi_set_storage(WIFI_STORAGE_RAM), "selecting RAM storage") &&
        check(esp_wifi_set_mode(WIFI_MODE_STA), "selecting station mode") &&
        check(esp_wifi_set_config(WIFI_IF_STA, &station), "configuring the station")) {
        check(esp_wifi_start(), "starting Wi-Fi");
    }
}

/* Describes a disconnect reason of the Wi-Fi driver. */
static const char *reason_text(unsigned reason)
{
    switch (reason) {
    case WIFI_REASON_NO_AP_FOUND:
        return "no access point has this name";
    case WIFI_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD:
    case WIFI_REASON_NO_AP_FOUND_W_COMPATIBLE_SECURITY:
        return "the access point uses another security mode";
    case WIFI_REASON_AUTH_FAIL:
    case WIFI_REASON_4WAY_HANDSHAKE_TIMEOUT:
    case WIFI_REASON_HANDSHAKE_TIMEOUT:
        return "authentication failed, check the password";
    case WIFI_REASON_BEACON_TIMEOUT:
        return "the access point is out of range";
    default:
        return "the connection was lost";
    }
}

static void start_attempt(uint32_t now)
{
    wifi.waiting = false;
    wifi.connecting = true;
    wifi.time = now + ATTEMPT_TIMEOUT_MS;
    check(esp_wifi_connect(), "connecting");
}

static void schedule_attempt(uint32_t now)
{
    const unsigned reason = atomic_load(&wifi.reason);
    const uint32_t delay = backoff_next_delay(&wifi.backoff, esp_random());
    ESP_LOGW(TAG, "Wi-Fi not connected: %s (reason %u); reconnecting in %u ms", reason_text(reason), reason,
             (unsigned)delay);
    wifi.connecting = false;
    wifi.waiting = true;
    wifi.time = now + delay;
}

void network_tick(uint32_t now)
{
    const unsigned events = atomic_exchange(&wifi.events, 0);
    if ((events & EVENT_DISCONNECTED) != 0) {
        schedule_attempt(now);
    } else if ((events & EVENT_STARTED) != 0 || (wifi.waiting && ms_until(wifi.time, now) == 0)) {
        start_attempt(now);
    } else if (wifi.connecting && atomic_load(&wifi.has_ip)) {
        char ip[16];
        network_get_ip(ip, sizeof ip);
        ESP_LOGI(TAG, "Wi-Fi connected, IP address %s", ip);
        wifi.connecting = false;
        backoff_reset(&wifi.backoff);
    } else if (wifi.connecting && ms_until(wifi.time, now) == 0) {
        ESP_LOGW(TAG, "no IP address after %d s", ATTEMPT_TIMEOUT_MS / 1000);
        (void)esp_wifi_disconnect();
        schedule_attempt(now);
    }
}

uint32_t network_ms_until_tick(uint32_t now)
{
    return wifi.waiting || wifi.connecting ? ms_until(wifi.time, now) : UINT32_MAX;
}

bool network_is_up(void)
{
    return atomic_load(&wifi.has_ip);
}

void network_get_ip(char *out, size_t size)
{
    esp_netif_ip_info_t info;
    out[0] = '\0';
    if (wifi.netif != NULL && esp_netif_get_ip_info(wifi.netif, &info) == ESP_OK) {
        (void)esp_ip4addr_ntoa(&info.ip, out, (int)size);
    }
}

bool network_get_rssi(int32_t *dbm)
{
    int rssi = 0;
    if (!network_is_up() || esp_wifi_sta_get_rssi(&rssi) != ESP_OK) {
        return false;
    }
    *dbm = rssi;
    return true;
}
