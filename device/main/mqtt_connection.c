/* The connection to the broker: connecting with backoff, events, publishing.
 *
 * ESP-MQTT holds its lock while it calls the event handler and while it connects. The event handler therefore only
 * sets flags and copies messages into a queue, without blocking, and everything else runs in the owner task.
 * Each attempt to connect restarts the client instead of using its automatic reconnect. This empties its outbox, so
 * that an outdated state cannot be published after a newer one, and allows exponential backoff. */
#include "mqtt_connection.h"

#include <stdatomic.h>

#include "backoff.h"
#include "esp_event.h"
#include "esp_log.h"
#include "esp_random.h"
#include "inbox.h"
#include "mqtt_client.h"
#include "mqtt_error.h"
#include "sdkconfig.h"
#include "time_ms.h"
#include "uri.h"
#if CONFIG_MBEDTLS_CERTIFICATE_BUNDLE
#include "esp_crt_bundle.h"
#endif

static const char TAG[] = "mqtt";

enum {
    KEEP_ALIVE_S = 30,
    NETWORK_TIMEOUT_MS = 10000,
    STOP_POLL_MS = 200,          /* how often the client's task checks whether it has to stop */
    ATTEMPT_TIMEOUT_MS = 90000,  /* an attempt that takes longer is aborted */
    STABLE_MS = 30000,           /* a connection that lasts longer is stable */
    SHORT_CONNECTIONS_LIMIT = 2, /* unstable connections in a row after which a duplicate client ID is assumed */
    OUTBOX_SIZE = 8192,
    BUFFER_SIZE = 1024,
    TASK_STACK_SIZE = 6144,
};

/* Flags that the event handler sets for the owner task. */
enum { EVENT_NONE = 0u, EVENT_CONNECTED = 1u, EVENT_DISCONNECTED = 2u, EVENT_MESSAGE_LOST = 4u };

enum connection_state { STATE_CLOSED, STATE_WAITING, STATE_CONNECTING, STATE_CONNECTED };

static struct {
    TaskHandle_t owner;
    esp_mqtt_client_handle_t client;
    atomic_uint events;
    atomic_uint status;
    enum connection_state state;
    /* Depends on the state. WAITING: start of the next attempt. CONNECTING: timeout of the attempt.
     * CONNECTED: start of the connection. */
    uint32_t time;
    uint32_t now;
    uint32_t short_connections;
    struct backoff backoff;
} connection = {.backoff = {.initial_ms = 1000, .max_ms = 20000}};

/* Sets flags for the owner task and wakes it. */
static void notify_owner(unsigned events)
{
    atomic_fetch_or(&connection.events, events);
    xTaskNotifyGive(connection.owner);
}

static void on_event(void *argument, esp_event_base_t base, int32_t id, void *data)
{
    (void)argument;
    (void)base;
    const esp_mqtt_event_t *event = data;
    enum status_code status;
    switch ((esp_mqtt_event_id_t)id) {
    case MQTT_EVENT_CONNECTED:
        notify_owner(EVENT_CONNECTED);
        break;
    case MQTT_EVENT_DISCONNECTED:
        notify_owner(EVENT_DISCONNECTED);
        break;
    case MQTT_EVENT_DATA:
        notify_owner(inbox_push(event) ? EVENT_NONE : EVENT_MESSAGE_LOST);
        break;
    case MQTT_EVENT_ERROR:
        if (mqtt_error_log(event->error_handle, &status)) {
            atomic_store(&connection.status, status);
        }
        break;
    default:
        break;
    }
}

/* Configures server verification: the configured CA certificate or the certificate bundle, never none.
 * Returns false if TLS is required but neither is available. */
static bool configure_tls(esp_mqtt_client_config_t *client, const struct config *config)
{
    if (!uri_uses_tls(config->uri)) {
        ESP_LOGW(TAG, "the connection is not encrypted, not even the password: use mqtts:// or wss://");
        return true;
    }
    if (config->ca != NULL) {
        client->broker.verification.certificate = config->ca;
        return true;
    }
#if CONFIG_MBEDTLS_CERTIFICATE_BUNDLE
    client->broker.verification.crt_bundle_attach = esp_crt_bundle_attach;
    return true;
#else
    ESP_LOGE(TAG, "TLS needs a CA certificate: set one with the console command 'ca'");
    return false;
#endif
}

/* Returns the text, or NULL if it is empty. */
static const char *null_if_empty(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

bool mqtt_connection_init(const struct config *config, const char *client_id, const char *will_topic,
                          TaskHandle_t owner)
{
    atomic_store(&connection.status, STATUS_NOT_CONFIGURED);
    connection.owner = owner;
    if (!uri_is_valid(config->uri)) {
        ESP_LOGW(TAG, "no broker configured: set one with the console command 'broker'");
        return false;
    }
    esp_mqtt_client_config_t client = {
        .broker.address.uri = config->uri,
        .credentials.username = null_if_empty(config->user),
        .credentials.client_id = client_id,
        .credentials.authentication.password = null_if_empty(config->password),
        .session.last_will.topic = will_topic,
        .session.last_will.msg = "offline",
        .session.last_will.qos = 1,
        .session.last_will.retain = 1,
        .session.keepalive = KEEP_ALIVE_S,
        .network.timeout_ms = NETWORK_TIMEOUT_MS,
        .network.reconnect_timeout_ms = STOP_POLL_MS,
        .network.disable_auto_reconnect = true,
        .task.stack_size = TASK_STACK_SIZE,
        .buffer.size = BUFFER_SIZE,
        .outbox.limit = OUTBOX_SIZE,
    };
    if (!configure_tls(&client, config)) {
        return false;
    }
    connection.client = inbox_init() ? esp_mqtt_client_init(&client) : NULL;
    if (connection.client == NULL ||
        esp_mqtt_client_register_event(connection.client, MQTT_EVENT_ANY, on_event, NULL) != ESP_OK) {
        ESP_LOGE(TAG, "creating the MQTT client failed: out of memory or invalid configuration");
        return false;
    }
    atomic_store(&connection.status, STATUS_NO_BROKER);
    connection.state = STATE_WAITING;
    return true;
}

/* Stops the client's task and schedules the next attempt. */
static void schedule_attempt(uint32_t now)
{
    (void)esp_mqtt_client_stop(connection.client);
    const uint32_t delay = backoff_next_delay(&connection.backoff, esp_random());
    ESP_LOGW(TAG, "reconnecting in %u ms", (unsigned)delay);
    connection.state = STATE_WAITING;
    connection.time = now + delay;
}

static void start_attempt(uint32_t now)
{
    connection.state = STATE_CONNECTING;
    connection.time = now + ATTEMPT_TIMEOUT_MS;
    if (esp_mqtt_client_start(connection.client) != ESP_OK) {
        schedule_attempt(now);
    }
}

void mqtt_connection_tick(bool network_is_up, uint32_t now)
{
    connection.now = now;
    if (connection.state == STATE_WAITING && network_is_up && ms_until(connection.time, now) == 0) {
        start_attempt(now);
    } else if (connection.state == STATE_CONNECTING && ms_until(connection.time, now) == 0) {
        schedule_attempt(now);
    } else if (connection.state == STATE_CONNECTED && now - connection.time >= STABLE_MS) {
        connection.short_connections = 0;
        atomic_store(&connection.status, STATUS_ONLINE);
        backoff_reset(&connection.backoff);
    }
}

uint32_t mqtt_connection_ms_until_tick(uint32_t now)
{
    return connection.state == STATE_WAITING || connection.state == STATE_CONNECTING ? ms_until(connection.time, now)
                                                                                     : UINT32_MAX;
}

static void on_connected(void)
{
    ESP_LOGI(TAG, "connected");
    connection.state = STATE_CONNECTED;
    connection.time = connection.now;
    if (connection.short_connections < SHORT_CONNECTIONS_LIMIT) {
        atomic_store(&connection.status, STATUS_ONLINE);
    }
}

static void on_disconnected(void)
{
    if (connection.state == STATE_CONNECTED && connection.now - connection.time < STABLE_MS) {
        connection.short_connections++;
    }
    if (connection.short_connections >= SHORT_CONNECTIONS_LIMIT) {
        ESP_LOGE(TAG, "the broker keeps closing the connection: make sure that no other client uses this client ID");
        atomic_store(&connection.status, STATUS_CLIENT_ID_REJECTED);
    }
    schedule_attempt(connection.now);
}

struct mqtt_connection_events mqtt_connection_take_events(void)
{
    const unsigned events = atomic_exchange(&connection.events, 0);
    const struct mqtt_connection_events result = {.connected = (events & EVENT_CONNECTED) != 0,
                                                  .disconnected = (events & EVENT_DISCONNECTED) != 0,
                                                  .messages_lost = (events & EVENT_MESSAGE_LOST) != 0};
    if (result.connected) {
        on_connected();
    }
    if (result.disconnected) {
        on_disconnected();
    }
    return result;
}

bool mqtt_connection_publish(void *context, const char *topic, const char *payload, size_t length, int qos, bool retain)
{
    (void)context;
    return esp_mqtt_client_publish(connection.client, topic, payload, (int)length, qos, retain ? 1 : 0) >= 0;
}

bool mqtt_connection_subscribe(void *context, const char *filter, int qos)
{
    (void)context;
    return esp_mqtt_client_subscribe_single(connection.client, filter, qos) >= 0;
}

enum status_code mqtt_connection_status(void)
{
    return (enum status_code)atomic_load(&connection.status);
}

void mqtt_connection_close(void)
{
    if (connection.state == STATE_CONNECTED || connection.state == STATE_CONNECTING) {
        (void)esp_mqtt_client_stop(connection.client);
    }
    connection.state = STATE_CLOSED;
}
