/* The status LED: on when all is well, otherwise a number of blinks that says what is wrong. */
#ifndef SIGNAL_LED_H
#define SIGNAL_LED_H

#include <stdbool.h>
#include <stdint.h>

/* What the LED says; the value is the number of blinks. */
enum signal_led {
    SIGNAL_ONLINE = 0,
    SIGNAL_NO_WIFI = 1,
    SIGNAL_NO_BROKER = 2,
    SIGNAL_LOGIN = 3,
    SIGNAL_CLIENT_ID = 4,
    SIGNAL_TLS = 5,
    SIGNAL_NOT_SET = 6,
};

/* Whether the LED is on at `now` milliseconds. */
bool signal_led_on(enum signal_led signal, uint32_t now);

/* Milliseconds until it changes, or UINT32_MAX. */
uint32_t signal_led_next(enum signal_led signal, uint32_t now);

#endif
