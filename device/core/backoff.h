/* How long to wait before the next attempt: doubles from attempt to attempt, with chance in it. */
#ifndef BACKOFF_H
#define BACKOFF_H

#include <stdint.h>

/* Waiting times in milliseconds. `attempts` counts the failures since the last success. */
struct backoff {
    uint32_t first_ms;
    uint32_t max_ms;
    uint32_t attempts;
};

/* The wait after one more failure: between half of the doubled time and all of it, picked by `random`. */
uint32_t backoff_next(struct backoff *backoff, uint32_t random);

/* To be called on success: the next wait is short again. */
void backoff_reset(struct backoff *backoff);

#endif
