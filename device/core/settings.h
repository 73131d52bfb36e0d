/* What the user can set and what survives a power cycle. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

/* How the lamp shines. */
enum mode { MODE_STEADY, MODE_BLINK, MODE_BREATHE, MODE_COUNT };

/* Limits of the numbers that can be set. */
#define DIM_MAX 100u
#define INTERVAL_MIN 1u
#define INTERVAL_MAX 3600u

/* One value per command topic. */
struct settings {
    bool lamp;
    uint8_t dim; /* 0 to 100 */
    uint8_t red;
    uint8_t green;
    uint8_t blue;
    uint8_t mode;        /* enum mode */
    uint16_t interval_s; /* 1 to 3600, seconds between two telemetry messages */
};

/* Settings of a board that has never been told anything. */
struct settings settings_default(void);

/* The same settings, with the default in place of every value out of range. */
struct settings settings_checked(struct settings settings);

/* Whether both say the same. */
bool settings_equal(const struct settings *a, const struct settings *b);

#endif
