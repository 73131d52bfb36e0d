/* Arithmetic with times in milliseconds that may wrap around after 2^32 ms, which is 49.7 days. */
#ifndef TIME_MS_H
#define TIME_MS_H

#include <stdint.h>

/**
 * Returns the time left until a deadline. May be called at any time.
 *
 * @param deadline  the deadline, less than 2^31 ms away from `now` in either direction
 * @param now       the current time
 * @return milliseconds, or 0 when the deadline has passed
 */
static inline uint32_t ms_until(uint32_t deadline, uint32_t now)
{
    const uint32_t left = deadline - now;
    return left > INT32_MAX ? 0 : left;
}

/**
 * Returns the shorter of two durations. May be called at any time.
 *
 * @param a  a duration in milliseconds
 * @param b  a duration in milliseconds
 * @return the shorter one
 */
static inline uint32_t ms_min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

#endif
