/* Broker addresses and blink codes: the parts of main/ that need no ESP-IDF. */
#include "check.h"
#include "signal_led.h"
#include "uri.h"

static void addresses_are_checked(void)
{
    static const char *const GOOD[] = {
        "mqtt://a",          "mqtt://broker.example.org",         "mqtts://broker.example.org:8883",
        "ws://10.0.0.1:80/", "wss://broker.example.org/mqtt?x=1", "mqtt://user:pass@host:1883",
        "mqtt://[::1]",      "mqtts://[2001:db8::1]:8883",        "mqtt://u:p@ss@host",
    };
    static const char *const BAD[] = {
        "",          "mqtt",           "mqtt:/",         "mqtt://",        "http://host",      "MQTT://host",
        "host",      "mqtt://:1883",   "mqtt://host:",   "mqtt://host:0",  "mqtt://host:65536", "mqtt://host:1883x",
        "mqtt://ho st", "mqtt://host\n", "mqtt://user@", "mqtt://[]",      "mqtt://[::1",      "mqtt://host:99999999999",
        "mqtt://h\xc3\xb6st", "mqtt://host?x", "tcp://host", "mqttx://host",
    };
    for (unsigned i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        CHECK(uri_valid(GOOD[i]) || !printf("%s\n", GOOD[i]));
    }
    for (unsigned i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        CHECK(!uri_valid(BAD[i]) || !printf("%s\n", BAD[i]));
    }
}

static void tls_is_seen(void)
{
    CHECK(uri_secure("mqtts://h") && uri_secure("wss://h"));
    CHECK(!uri_secure("mqtt://h") && !uri_secure("ws://h") && !uri_secure("") && !uri_secure("mqtt://mqtts://"));
}

static void passwords_are_not_shown(void)
{
    CHECK_TEXT(uri_host("mqtt://user:secret@host:1883"), "host:1883");
    CHECK_TEXT(uri_host("wss://user:s@cret@host/a@b"), "host/a@b");
    CHECK_TEXT(uri_host("mqtt://host"), "host");
}

static unsigned blinks_in_a_round(enum signal_led signal)
{
    unsigned blinks = 0;
    bool was_on = false;
    const uint32_t round = (uint32_t)signal * 500 + 1500;
    for (uint32_t at = 0; at < round; at += signal_led_next(signal, at)) {
        const bool on = signal_led_on(signal, at);
        CHECK(signal_led_next(signal, at) > 0);
        blinks += on && !was_on;
        was_on = on;
    }
    CHECK(!was_on);
    return blinks;
}

static void faults_can_be_counted(void)
{
    for (enum signal_led signal = SIGNAL_NO_WIFI; signal <= SIGNAL_NOT_SET; signal++) {
        CHECK(blinks_in_a_round(signal) == (unsigned)signal);
    }
    CHECK(signal_led_on(SIGNAL_ONLINE, 0) && signal_led_on(SIGNAL_ONLINE, 12345));
    CHECK(signal_led_next(SIGNAL_ONLINE, 5) == UINT32_MAX);
}

int main(void)
{
    RUN(addresses_are_checked);
    RUN(tls_is_seen);
    RUN(passwords_are_not_shown);
    RUN(faults_can_be_counted);
    return check_end();
}
