/* Connects to the broker, takes messages in and hands messages over.
 *
 * ESP-MQTT holds its lock while it calls the event handler and while it connects, so the handler only
 * copies into a queue that does not wait, and nothing else here is called from another task than the owner's.
 * Every connection is a fresh start of the client: this empties its outbox, so that an old state cannot
 * overtake a new one, and lets the pauses between attempts grow. */
#include "broker.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "esp_event.h"
#include "esp_log.h"
#include "esp_random.h"
#include "inbox.h"
#include "mqtt_client.h"
#include "sdkconfig.h"
#include "uri.h"
#if CONFIG_MBEDTLS_CERTIFICATE_BUNDLE
#include "esp_crt_bundle.h"
#endif

static const char TAG[] = "broker";

enum {
    KEEP_ALIVE_S = 30,
    NETWORK_TIMEOUT_MS = 10000,
    IDLE_POLL_MS = 200,    /* how soon the client's task sees that it has to stop */
    ATTEMPT_MS = 90000,    /* an attempt that takes longer is stuck */
    STABLE_MS = 30000,     /* a connection that lives longer is a good one */
    SHORT_LIVES_MAX = 2,   /* more short connections in a row: somebody else uses the client id */
    OUTBOX_BYTES = 8192,
    BUFFER_BYTES = 1024,
    TASK_STACK = 6144,
};

enum { NEWS_NONE = 0u, NEWS_UP = 1u, NEWS_DOWN = 2u, NEWS_LOST = 4u };

enum line { LINE_CLOSED, LINE_WAITING, LINE_TRYING, LINE_UP };

static struct {
    TaskHandle_t owner;
    esp_mqtt_client_handle_t client;
    atomic_uint news;
    atomic_uint signal;
    enum line line;
    uint32_t at; /* when the line came up, the attempt began, or the next one begins */
    uint32_t now;
    uint32_t short_lives;
    struct backoff backoff;
} broker = {.backoff = {.initial_ms = 1000, .max_ms = 20000}};

static void tell(unsigned news)
{
    atomic_fetch_or(&broker.news, news);
    xTaskNotifyGive(broker.owner);
}

static enum signal_led refused(esp_mqtt_connect_return_code_t code)
{
    switch (code) {
    case MQTT_CONNECTION_REFUSE_BAD_USERNAME:
    case MQTT_CONNECTION_REFUSE_NOT_AUTHORIZED:
        ESP_LOGE(TAG, "the broker refuses the login: check user and password");
        return SIGNAL_LOGIN;
    case MQTT_CONNECTION_REFUSE_ID_REJECTED:
        ESP_LOGE(TAG, "the broker refuses the client id");
        return SIGNAL_CLIENT_ID;
    default:
        ESP_LOGE(TAG, "the broker refuses the connection (code %d)", (int)code);
        return SIGNAL_NO_BROKER;
    }
}

/* Says in words what the certificate's check found, in mbedTLS's numbers. The flags may be missing. */
static const char *tls_fault(int error, int flags)
{
    enum { EXPIRED = 0x01, OTHER_NAME = 0x04, NOT_TRUSTED = 0x08, NOT_VERIFIED = 0x2700, BUNDLE_REFUSED = 0x3000 };
    if ((flags & NOT_TRUSTED) != 0) {
        return "nobody that is trusted vouches for the broker's certificate";
    }
    if ((flags & OTHER_NAME) != 0) {
        return "the certificate is for another host name";
    }
    if ((flags & EXPIRED) != 0) {
        return "the certificate has expired";
    }
    return error == NOT_VERIFIED || error == BUNDLE_REFUSED
               ? "the certificate is for another host name, or nobody that is trusted vouches for it"
               : "no secure connection";
}

static void on_error(const esp_mqtt_error_codes_t *error)
{
    switch (error->error_type) {
    case MQTT_ERROR_TYPE_CONNECTION_REFUSED:
        atomic_store(&broker.signal, refused(error->connect_return_code));
        break;
    case MQTT_ERROR_TYPE_SUBSCRIBE_FAILED:
        ESP_LOGE(TAG, "the broker does not allow the subscription: no commands will arrive");
        break;
    default:
        if (error->esp_tls_stack_err != 0 || error->esp_tls_cert_verify_flags != 0) {
            const int code = abs(error->esp_tls_stack_err);
            ESP_LOGE(TAG, "TLS refused: %s (error 0x%x)", tls_fault(code, error->esp_tls_cert_verify_flags),
                     (unsigned)code);
            atomic_store(&broker.signal, SIGNAL_TLS);
        } else {
            ESP_LOGE(TAG, "no connection: %s",
                     error->esp_transport_sock_errno != 0 ? strerror(error->esp_transport_sock_errno)
                                                          : "the host is not known, or it ended the connection");
            atomic_store(&broker.signal, SIGNAL_NO_BROKER);
        }
        break;
    }
}

static void on_event(void *argument, esp_event_base_t base, int32_t id, void *data)
{
    (void)argument;
    (void)base;
    const esp_mqtt_event_t *event = data;
    switch ((esp_mqtt_event_id_t)id) {
    case MQTT_EVENT_CONNECTED:
        tell(NEWS_UP);
        break;
    case MQTT_EVENT_DISCONNECTED:
        tell(NEWS_DOWN);
        break;
    case MQTT_EVENT_DATA:
        tell(inbox_put(event) ? NEWS_NONE : NEWS_LOST);
        break;
    case MQTT_EVENT_ERROR:
        on_error(event->error_handle);
        break;
    default:
        break;
    }
}

/* Trusts the user's own certificate when there is one, otherwise the bundle. Never nothing. */
static bool trust(esp_mqtt_client_config_t *client, const struct config *config)
{
    if (!uri_secure(config->uri)) {
        ESP_LOGW(TAG, "without TLS: everything, the password too, can be read on the way");
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
    ESP_LOGE(TAG, "TLS needs a certificate to trust, and none is set");
    return false;
#endif
}

static const char *unless_empty(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

bool broker_open(const struct config *config, const char *client_id, const char *will, TaskHandle_t owner)
{
    atomic_store(&broker.signal, SIGNAL_NOT_SET);
    broker.owner = owner;
    if (!uri_valid(config->uri)) {
        ESP_LOGW(TAG, "no broker is set: use the console's 'broker' command");
        return false;
    }
    esp_mqtt_client_config_t client = {
        .broker.address.uri = config->uri,
        .credentials.username = unless_empty(config->user),
        .credentials.client_id = client_id,
        .credentials.authentication.password = unless_empty(config->password),
        .session.last_will.topic = will,
        .session.last_will.msg = "offline",
        .session.last_will.qos = 1,
        .session.last_will.retain = 1,
        .session.keepalive = KEEP_ALIVE_S,
        .network.timeout_ms = NETWORK_TIMEOUT_MS,
        .network.reconnect_timeout_ms = IDLE_POLL_MS,
        .network.disable_auto_reconnect = true,
        .task.stack_size = TASK_STACK,
        .buffer.size = BUFFER_BYTES,
        .outbox.limit = OUTBOX_BYTES,
    };
    if (!trust(&client, config)) {
        return false;
    }
    broker.client = inbox_open() ? esp_mqtt_client_init(&client) : NULL;
    if (broker.client == NULL ||
        esp_mqtt_client_register_event(broker.client, MQTT_EVENT_ANY, on_event, NULL) != ESP_OK) {
        ESP_LOGE(TAG, "the client cannot be set up");
        return false;
    }
    atomic_store(&broker.signal, SIGNAL_NO_BROKER);
    broker.line = LINE_WAITING;
    return true;
}

static uint32_t left(uint32_t at, uint32_t now)
{
    const uint32_t left = at - now;
    return left > INT32_MAX ? 0 : left;
}

/* Ends the client's task and waits before the next attempt. */
static void wait_after(uint32_t now)
{
    (void)esp_mqtt_client_stop(broker.client);
    const uint32_t wait = backoff_next_delay(&broker.backoff, esp_random());
    ESP_LOGW(TAG, "next attempt in %u ms", (unsigned)wait);
    broker.line = LINE_WAITING;
    broker.at = now + wait;
}

static void attempt(uint32_t now)
{
    broker.line = LINE_TRYING;
    broker.at = now + ATTEMPT_MS;
    if (esp_mqtt_client_start(broker.client) != ESP_OK) {
        wait_after(now);
    }
}

void broker_tick(bool network, uint32_t now)
{
    broker.now = now;
    if (broker.line == LINE_WAITING && network && left(broker.at, now) == 0) {
        attempt(now);
    } else if (broker.line == LINE_TRYING && left(broker.at, now) == 0) {
        wait_after(now);
    } else if (broker.line == LINE_UP && now - broker.at >= STABLE_MS) {
        broker.short_lives = 0;
        atomic_store(&broker.signal, SIGNAL_ONLINE);
        backoff_reset(&broker.backoff);
    }
}

uint32_t broker_next(uint32_t now)
{
    return broker.line == LINE_WAITING || broker.line == LINE_TRYING ? left(broker.at, now) : UINT32_MAX;
}

static void came_up(void)
{
    ESP_LOGI(TAG, "connected");
    broker.line = LINE_UP;
    broker.at = broker.now;
    if (broker.short_lives < SHORT_LIVES_MAX) {
        atomic_store(&broker.signal, SIGNAL_ONLINE);
    }
}

static void went_down(void)
{
    if (broker.line == LINE_UP && broker.now - broker.at < STABLE_MS) {
        broker.short_lives++;
    }
    if (broker.short_lives >= SHORT_LIVES_MAX) {
        ESP_LOGE(TAG, "the broker keeps ending the connection: is the client id used twice?");
        atomic_store(&broker.signal, SIGNAL_CLIENT_ID);
    }
    wait_after(broker.now);
}

struct broker_news broker_news(void)
{
    const unsigned news = atomic_exchange(&broker.news, 0);
    const struct broker_news result = {
        .up = (news & NEWS_UP) != 0, .down = (news & NEWS_DOWN) != 0, .lost = (news & NEWS_LOST) != 0};
    if (result.up) {
        came_up();
    }
    if (result.down) {
        went_down();
    }
    return result;
}

bool broker_publish(void *context, const char *topic, const char *payload, size_t length, int qos, bool retain)
{
    (void)context;
    return esp_mqtt_client_publish(broker.client, topic, payload, (int)length, qos, retain ? 1 : 0) >= 0;
}

bool broker_subscribe(void *context, const char *filter, int qos)
{
    (void)context;
    return esp_mqtt_client_subscribe_single(broker.client, filter, qos) >= 0;
}

enum signal_led broker_signal(void)
{
    return (enum signal_led)atomic_load(&broker.signal);
}

void broker_close(void)
{
    if (broker.line == LINE_UP || broker.line == LINE_TRYING) {
        (void)esp_mqtt_client_stop(broker.client);
    }
    broker.line = LINE_CLOSED;
}
