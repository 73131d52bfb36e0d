/* Broker URIs. */
#include "check.h"
#include "uri.h"

static void uri_is_validated(void)
{
    static const char *const VALID[] = {
        "mqtt://a",          "mqtt://broker.example.org",         "mqtts://broker.example.org:8883",
        "ws://10.0.0.1:80/", "wss://broker.example.org/mqtt?x=1", "mqtt://user:pass@host:1883",
        "mqtt://[::1]",      "mqtts://[2001:db8::1]:8883",        "mqtt://u:p@ss@host",
    };
    static const char *const INVALID[] = {
        "",
        "mqtt",
        "mqtt:/",
        "mqtt://",
        "http://host",
        "MQTT://host",
        "host",
        "mqtt://:1883",
        "mqtt://host:",
        "mqtt://host:0",
        "mqtt://host:65536",
        "mqtt://host:1883x",
        "mqtt://ho st",
        "mqtt://host\n",
        "mqtt://user@",
        "mqtt://[]",
        "mqtt://[::1",
        "mqtt://host:99999999999",
        "mqtt://h\xc3\xb6st",
        "mqtt://host?x",
        "tcp://host",
        "mqttx://host",
    };
    for (unsigned i = 0; i < sizeof VALID / sizeof VALID[0]; i++) {
        CHECK(uri_is_valid(VALID[i]) || !printf("%s\n", VALID[i]));
    }
    for (unsigned i = 0; i < sizeof INVALID / sizeof INVALID[0]; i++) {
        CHECK(!uri_is_valid(INVALID[i]) || !printf("%s\n", INVALID[i]));
    }
}

static void uri_with_tls_is_recognized(void)
{
    CHECK(uri_uses_tls("mqtts://h") && uri_uses_tls("wss://h"));
    CHECK(!uri_uses_tls("mqtt://h") && !uri_uses_tls("ws://h") && !uri_uses_tls("") &&
          !uri_uses_tls("mqtt://mqtts://"));
}

static void uri_host_and_path_contains_no_credentials(void)
{
    CHECK_TEXT(uri_host_and_path("mqtt://user:secret@host:1883"), "host:1883");
    CHECK_TEXT(uri_host_and_path("wss://user:s@cret@host/a@b"), "host/a@b");
    CHECK_TEXT(uri_host_and_path("mqtt://host"), "host");
}

int main(void)
{
    RUN(uri_is_validated);
    RUN(uri_with_tls_is_recognized);
    RUN(uri_host_and_path_contains_no_credentials);
    return check_end();
}
