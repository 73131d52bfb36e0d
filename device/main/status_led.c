/* The timing of the blink codes. */
#include "status_led.h"

/* How long the LED is on, and then off, in each blink; and the pause after the last blink. */
enum { BLINK_HALF_MS = 250, PAUSE_MS = 1500 };

/* Returns the milliseconds since the current sequence of blinks and pause began. */
static uint32_t sequence_ms(enum status_code status, uint32_t now)
{
    return now % ((uint32_t)status * 2 * BLINK_HALF_MS + PAUSE_MS);
}

bool status_led_is_on(enum status_code status, uint32_t now)
{
    const uint32_t half = sequence_ms(status, now) / BLINK_HALF_MS;
    return status == STATUS_ONLINE || (half < (uint32_t)status * 2 && half % 2 == 0);
}

uint32_t status_led_ms_until_change(enum status_code status, uint32_t now)
{
    const uint32_t blinks_ms = (uint32_t)status * 2 * BLINK_HALF_MS;
    const uint32_t elapsed_ms = sequence_ms(status, now);
    if (status == STATUS_ONLINE) {
        return UINT32_MAX;
    }
    return elapsed_ms < blinks_ms ? BLINK_HALF_MS - elapsed_ms % BLINK_HALF_MS : blinks_ms + PAUSE_MS - elapsed_ms;
}
