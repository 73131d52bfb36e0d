/* The texts for errors of the MQTT connection: rejected by the broker, TLS, network. */
#include "mqtt_error.h"

#include <stdlib.h>
#include <string.h>

#include "esp_log.h"

static const char TAG[] = "mqtt";

/* Logs why the broker rejected the connection. Returns the status to show. */
static enum status_code connack_status(esp_mqtt_connect_return_code_t code)
{
    switch (code) {
    case MQTT_CONNECTION_REFUSE_BAD_USERNAME:
    case MQTT_CONNECTION_REFUSE_NOT_AUTHORIZED:
        ESP_LOGE(TAG, "the broker rejected the login: check user and password");
        return STATUS_LOGIN_REJECTED;
    case MQTT_CONNECTION_REFUSE_ID_REJECTED:
        ESP_LOGE(TAG, "the broker rejected the client ID: set another one with the console command 'broker'");
        return STATUS_CLIENT_ID_REJECTED;
    default:
        ESP_LOGE(TAG, "the broker rejected the connection (CONNACK return code %d)", (int)code);
        return STATUS_NO_BROKER;
    }
}

/* Describes a failed TLS handshake, given an error code and verification flags of Mbed TLS. Flags may be missing. */
static const char *tls_error_text(int error, int flags)
{
    enum { EXPIRED = 0x01, NAME_MISMATCH = 0x04, NOT_TRUSTED = 0x08 };        /* MBEDTLS_X509_BADCERT_... */
    enum { CERT_VERIFY_FAILED = 0x2700, CERT_BUNDLE_VERIFY_FAILED = 0x3000 }; /* negated Mbed TLS error codes */
    if ((flags & NOT_TRUSTED) != 0) {
        return "the broker's certificate is not signed by a trusted CA";
    }
    if ((flags & NAME_MISMATCH) != 0) {
        return "the broker's certificate is for another host name";
    }
    if ((flags & EXPIRED) != 0) {
        return "the broker's certificate has expired";
    }
    return error == CERT_VERIFY_FAILED || error == CERT_BUNDLE_VERIFY_FAILED
               ? "the broker's certificate is for another host name, or not signed by a trusted CA"
               : "no TLS connection could be established";
}

bool mqtt_error_log(const esp_mqtt_error_codes_t *error, enum status_code *status)
{
    switch (error->error_type) {
    case MQTT_ERROR_TYPE_CONNECTION_REFUSED:
        *status = connack_status(error->connect_return_code);
        return true;
    case MQTT_ERROR_TYPE_SUBSCRIBE_FAILED:
        ESP_LOGE(TAG, "the broker rejected the subscription, commands will not arrive: check its access rules");
        return false;
    default:
        if (error->esp_tls_stack_err != 0 || error->esp_tls_cert_verify_flags != 0) {
            const int code = abs(error->esp_tls_stack_err);
            ESP_LOGE(TAG, "TLS handshake failed: %s (error 0x%x)",
                     tls_error_text(code, error->esp_tls_cert_verify_flags), (unsigned)code);
            *status = STATUS_TLS_FAILED;
        } else {
            ESP_LOGE(TAG, "connection failed: %s",
                     error->esp_transport_sock_errno != 0 ? strerror(error->esp_transport_sock_errno)
                                                          : "unknown host, or the broker closed the connection");
            *status = STATUS_NO_BROKER;
        }
        return true;
    }
}
