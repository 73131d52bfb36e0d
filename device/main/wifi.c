/* Joins the Wi-Fi, and joins again with growing pauses whenever it is lost. */
#include "network.h"

#include <stdatomic.h>
#include <string.h>

#include "backoff.h"
#include "esp_event.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "esp_random.h"
#include "esp_wifi.h"

static const char TAG[] = "wifi";

/* An attempt that has not led to an address after this time is given up. */
enum { ATTEMPT_MS = 30000 };

/* What the event handler tells the owner. */
enum { EVENT_STARTED = 1u, EVENT_LOST = 2u };

static struct {
    TaskHandle_t owner;
    esp_netif_t *netif;
    atomic_uint events;
    atomic_uint reason;
    atomic_bool up;
    bool joining;
    bool waiting;
    uint32_t at; /* when the attempt is given up, or the next one begins */
    struct backoff backoff;
} wifi = {.backoff = {.initial_ms = 1000, .max_ms = 60000}};

static void tell(unsigned event)
{
    atomic_fetch_or(&wifi.events, event);
    xTaskNotifyGive(wifi.owner);
}

static void on_wifi(void *argument, esp_event_base_t base, int32_t id, void *data)
{
    (void)argument;
    (void)base;
    if (id == WIFI_EVENT_STA_START) {
        tell(EVENT_STARTED);
    } else if (id == WIFI_EVENT_STA_DISCONNECTED) {
        const wifi_event_sta_disconnected_t *event = data;
        atomic_store(&wifi.up, false);
        atomic_store(&wifi.reason, event->reason);
        tell(EVENT_LOST);
    }
}

static void on_ip(void *argument, esp_event_base_t base, int32_t id, void *data)
{
    (void)argument;
    (void)base;
    (void)data;
    if (id == IP_EVENT_STA_GOT_IP) {
        atomic_store(&wifi.up, true);
    } else if (id == IP_EVENT_STA_LOST_IP) {
        atomic_store(&wifi.up, false);
    }
    xTaskNotifyGive(wifi.owner);
}

static bool ok(esp_err_t err, const char *what)
{
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "%s: %s", what, esp_err_to_name(err));
    }
    return err == ESP_OK;
}

static wifi_config_t station(const struct config *config)
{
    wifi_config_t station;
    memset(&station, 0, sizeof station);
    memcpy(station.sta.ssid, config->ssid, strnlen(config->ssid, sizeof station.sta.ssid));
    memcpy(station.sta.password, config->wifi_password,
           strnlen(config->wifi_password, sizeof station.sta.password));
    station.sta.threshold.authmode = config->wifi_password[0] != '\0' ? WIFI_AUTH_WPA2_PSK : WIFI_AUTH_OPEN;
    station.sta.sae_pwe_h2e = WPA3_SAE_PWE_BOTH;
    station.sta.pmf_cfg.capable = true;
    return station;
}

void network_start(const struct config *config, TaskHandle_t owner)
{
    wifi.owner = owner;
    if (!ok(esp_netif_init(), "network stack") || !ok(esp_event_loop_create_default(), "event loop")) {
        return;
    }
    if (config->ssid[0] == '\0') {
        ESP_LOGW(TAG, "no Wi-Fi is set: use the console's 'wifi' command");
        return;
    }
    wifi.netif = esp_netif_create_default_wifi_sta();
    const wifi_init_config_t init = WIFI_INIT_CONFIG_DEFAULT();
    wifi_config_t joined = station(config);
    if (ok(esp_wifi_init(&init), "driver") &&
        ok(esp_event_handler_instance_register(WIFI_EVENT, ESP_EVENT_ANY_ID, on_wifi, NULL, NULL), "events") &&
        ok(esp_event_handler_instance_register(IP_EVENT, ESP_EVENT_ANY_ID, on_ip, NULL, NULL), "events") &&
        ok(esp_wifi_set_storage(WIFI_STORAGE_RAM), "storage") && ok(esp_wifi_set_mode(WIFI_MODE_STA), "mode") &&
        ok(esp_wifi_set_config(WIFI_IF_STA, &joined), "configuration")) {
        ok(esp_wifi_start(), "start");
    }
}

static uint32_t left(uint32_t at, uint32_t now)
{
    const uint32_t left = at - now;
    return left > INT32_MAX ? 0 : left;
}

static const char *why(unsigned reason)
{
    switch (reason) {
    case WIFI_REASON_NO_AP_FOUND:
        return "no access point with this name";
    case WIFI_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD:
    case WIFI_REASON_NO_AP_FOUND_W_COMPATIBLE_SECURITY:
        return "the access point's security does not fit";
    case WIFI_REASON_AUTH_FAIL:
    case WIFI_REASON_4WAY_HANDSHAKE_TIMEOUT:
    case WIFI_REASON_HANDSHAKE_TIMEOUT:
        return "wrong password?";
    case WIFI_REASON_BEACON_TIMEOUT:
        return "the access point is out of reach";
    default:
        return "the connection ended";
    }
}

static void join(uint32_t now)
{
    wifi.waiting = false;
    wifi.joining = true;
    wifi.at = now + ATTEMPT_MS;
    ok(esp_wifi_connect(), "join");
}

static void lost(uint32_t now)
{
    const unsigned reason = atomic_load(&wifi.reason);
    const uint32_t wait = backoff_next_delay(&wifi.backoff, esp_random());
    ESP_LOGW(TAG, "no Wi-Fi: %s (reason %u); next attempt in %u ms", why(reason), reason, (unsigned)wait);
    wifi.joining = false;
    wifi.waiting = true;
    wifi.at = now + wait;
}

void network_tick(uint32_t now)
{
    const unsigned events = atomic_exchange(&wifi.events, 0);
    if ((events & EVENT_LOST) != 0) {
        lost(now);
    } else if ((events & EVENT_STARTED) != 0 || (wifi.waiting && left(wifi.at, now) == 0)) {
        join(now);
    } else if (wifi.joining && atomic_load(&wifi.up)) {
        char ip[16];
        network_ip(ip, sizeof ip);
        ESP_LOGI(TAG, "joined, address %s", ip);
        wifi.joining = false;
        backoff_reset(&wifi.backoff);
    } else if (wifi.joining && left(wifi.at, now) == 0) {
        ESP_LOGW(TAG, "no address after %d s", ATTEMPT_MS / 1000);
        (void)esp_wifi_disconnect();
        lost(now);
    }
}

uint32_t network_next(uint32_t now)
{
    return wifi.waiting || wifi.joining ? left(wifi.at, now) : UINT32_MAX;
}

bool network_up(void)
{
    return atomic_load(&wifi.up);
}

void network_ip(char *out, size_t size)
{
    esp_netif_ip_info_t info;
    out[0] = '\0';
    if (wifi.netif != NULL && esp_netif_get_ip_info(wifi.netif, &info) == ESP_OK) {
        (void)esp_ip4addr_ntoa(&info.ip, out, (int)size);
    }
}

bool network_rssi(int32_t *dbm)
{
    int rssi = 0;
    if (!network_up() || esp_wifi_sta_get_rssi(&rssi) != ESP_OK) {
        return false;
    }
    *dbm = rssi;
    return true;
}
