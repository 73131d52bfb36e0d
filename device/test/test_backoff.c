/* Exponential backoff. */
#include "backoff.h"
#include "check.h"

static void backoff_delay_doubles_up_to_the_limit(void)
{
    struct backoff backoff = {.initial_ms = 1000, .max_ms = 60000};
    static const uint32_t WAITS[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    for (unsigned i = 0; i < sizeof WAITS / sizeof WAITS[0]; i++) {
        struct backoff low = backoff;
        struct backoff high = backoff;
        CHECK(backoff_next_delay(&low, 0) == WAITS[i] / 2);
        CHECK(backoff_next_delay(&high, WAITS[i] / 2) == WAITS[i]);
        const uint32_t any = backoff_next_delay(&backoff, 2654435761u * (i + 1));
        CHECK(any >= WAITS[i] / 2 && any <= WAITS[i]);
    }
    backoff_reset(&backoff);
    CHECK(backoff_next_delay(&backoff, 0) == 500);
    struct backoff endless = {.initial_ms = 1, .max_ms = UINT32_MAX, .attempts = UINT32_MAX};
    CHECK(backoff_next_delay(&endless, 0) >= UINT32_MAX / 2);
    struct backoff none = {0};
    CHECK(backoff_next_delay(&none, 77) == 0);
}

int main(void)
{
    RUN(backoff_delay_doubles_up_to_the_limit);
    return check_end();
}
