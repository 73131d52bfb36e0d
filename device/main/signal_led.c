/* Blink codes. */
#include "signal_led.h"

/* Half a blink, and the pause after the last one. */
enum { HALF_MS = 250, PAUSE_MS = 1500 };

/* Position in one round of blinks and pause. */
static uint32_t position(enum signal_led signal, uint32_t now)
{
    return now % ((uint32_t)signal * 2 * HALF_MS + PAUSE_MS);
}

bool signal_led_on(enum signal_led signal, uint32_t now)
{
    const uint32_t half = position(signal, now) / HALF_MS;
    return signal == SIGNAL_ONLINE || (half < (uint32_t)signal * 2 && half % 2 == 0);
}

uint32_t signal_led_next(enum signal_led signal, uint32_t now)
{
    const uint32_t blinking = (uint32_t)signal * 2 * HALF_MS;
    const uint32_t at = position(signal, now);
    if (signal == SIGNAL_ONLINE) {
        return UINT32_MAX;
    }
    return at < blinking ? HALF_MS - at % HALF_MS : blinking + PAUSE_MS - at;
}
