/* Exponential backoff with jitter: the delay before the next attempt to connect. */
#ifndef BACKOFF_H
#define BACKOFF_H

#include <stdint.h>

/* The state of one backoff. The caller sets both delays, which are in milliseconds, and zeroes `attempts`. */
struct backoff {
    uint32_t initial_ms; /* upper limit of the first delay */
    uint32_t max_ms;     /* upper limit of every delay */
    uint32_t attempts;   /* failed attempts since the last success */
};

/**
 * Counts a failed attempt and returns the delay before the next one. May be called at any time.
 *
 * The upper limit of the delay starts at initial_ms and doubles with each failure, up to max_ms.
 *
 * @param backoff  the state to update
 * @param random   a random number, from which the jitter is derived
 * @return the delay in milliseconds, between half of the upper limit and the upper limit
 */
uint32_t backoff_next_delay(struct backoff *backoff, uint32_t random);

/**
 * Starts again with the initial delay. Call it when an attempt has succeeded.
 *
 * @param backoff  the state to update
 */
void backoff_reset(struct backoff *backoff);

#endif
