/* Exponential back-off with jitter. */
#include "backoff.h"

uint32_t backoff_next(struct backoff *backoff, uint32_t random)
{
    uint32_t wait = backoff->first_ms;
    for (uint32_t i = 0; i < backoff->attempts && wait < backoff->max_ms; i++) {
        wait = wait > backoff->max_ms / 2 ? backoff->max_ms : wait * 2;
    }
    if (wait > backoff->max_ms) {
        wait = backoff->max_ms;
    }
    if (backoff->attempts < UINT32_MAX) {
        backoff->attempts++;
    }
    const uint32_t half = wait / 2;
    return wait - half + random % (half + 1);
}

void backoff_reset(struct backoff *backoff)
{
    backoff->attempts = 0;
}
