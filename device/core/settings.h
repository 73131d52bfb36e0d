/* The settings: what commands change and what survives a power cycle. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

/* The animation of the lamp. */
enum mode { MODE_STEADY, MODE_BLINK, MODE_BREATHE, MODE_COUNT };

/* Limits of the numeric settings. */
#define DIM_MAX 100u
#define INTERVAL_MIN 1u
#define INTERVAL_MAX 3600u

/* One value for each property that commands set. */
struct settings {
    bool lamp;   /* on or off */
    uint8_t dim; /* brightness in percent, 0 to DIM_MAX */
    uint8_t red;
    uint8_t green;
    uint8_t blue;
    uint8_t mode;        /* enum mode */
    uint16_t interval_s; /* seconds between two telemetry messages, INTERVAL_MIN to INTERVAL_MAX */
};

/**
 * Returns the factory settings. May be called at any time.
 *
 * @return the settings of a board that has never received a command
 */
struct settings settings_default(void);

/**
 * Replaces every value that is out of range by its default. Call it on settings read from storage.
 *
 * @param settings  the settings, which may hold any values
 * @return valid settings
 */
struct settings settings_sanitize(struct settings settings);

/**
 * Compares two settings. May be called at any time.
 *
 * @param a  settings
 * @param b  settings
 * @return whether all values are equal
 */
bool settings_equal(const struct settings *a, const struct settings *b);

#endif
