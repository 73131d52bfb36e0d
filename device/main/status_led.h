/* The blink codes of the status LED: on while the board is online, otherwise a number of blinks for each problem. */
#ifndef STATUS_LED_H
#define STATUS_LED_H

#include <stdbool.h>
#include <stdint.h>

/* The status of the board; the value is the number of blinks. */
enum status_code {
    STATUS_ONLINE = 0,
    STATUS_NO_WIFI = 1,
    STATUS_NO_BROKER = 2,
    STATUS_LOGIN_REJECTED = 3,
    STATUS_CLIENT_ID_REJECTED = 4,
    STATUS_TLS_FAILED = 5,
    STATUS_NOT_CONFIGURED = 6,
};

/* Returns whether the LED is on. `now` is the current time in milliseconds. */
bool status_led_is_on(enum status_code status, uint32_t now);

/* Returns the milliseconds until the LED changes, or UINT32_MAX if it does not blink. */
uint32_t status_led_ms_until_change(enum status_code status, uint32_t now);

#endif
