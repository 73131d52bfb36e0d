/* Exponential backoff with jitter. */
#include "backoff.h"

uint32_t backoff_next_delay(struct backoff *backoff, uint32_t random)
{
    uint32_t delay = backoff->initial_ms;
    for (uint32_t i = 0; i < backoff->attempts && delay < backoff->max_ms; i++) {
        delay = delay > backoff->max_ms / 2 ? backoff->max_ms : delay * 2;
    }
    if (delay > backoff->max_ms) {
        delay = backoff->max_ms;
    }
    if (backoff->attempts < UINT32_MAX) {
        backoff->attempts++;
    }
    const uint32_t half = delay / 2;
    return delay - half + random % (half + 1);
}

void backoff_reset(struct backoff *backoff)
{
    backoff->attempts = 0;
}
