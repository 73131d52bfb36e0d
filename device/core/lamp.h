/* The animation of the lamp: which light it shows at a given time. */
#ifndef LAMP_H
#define LAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "settings.h"

/* Full brightness. */
#define LIGHT_LEVEL_MAX 1000u
/* Periods of the animations. A blinking lamp is on for the first half of its period. */
#define LAMP_BLINK_PERIOD_MS 1000u
#define LAMP_BREATHE_PERIOD_MS 4000u
/* Time between two brightness steps of a breathing lamp. */
#define LAMP_BREATHE_STEP_MS 20u
/* Returned by lamp_ms_until_change while the light is constant. */
#define LAMP_NO_DEADLINE UINT32_MAX

/* What the lamp shows: a perceived brightness, 0 to LIGHT_LEVEL_MAX, and a color at full brightness. */
struct light {
    uint16_t level;
    uint8_t red;
    uint8_t green;
    uint8_t blue;
};

/**
 * Calculates the light at a phase of the animation. May be called at any time.
 *
 * @param settings  valid settings
 * @param phase_ms  milliseconds since the animation began
 * @return the light to show
 */
struct light lamp_light_at(const struct settings *settings, uint32_t phase_ms);

/**
 * Returns when the light changes next. May be called at any time.
 *
 * @param settings  valid settings
 * @param phase_ms  milliseconds since the animation began
 * @return milliseconds until the light may differ, or LAMP_NO_DEADLINE
 */
uint32_t lamp_ms_until_change(const struct settings *settings, uint32_t phase_ms);

/**
 * Advances the phase of the animation. May be called at any time.
 *
 * @param settings    valid settings
 * @param phase_ms    milliseconds since the animation began
 * @param elapsed_ms  milliseconds that have passed since then
 * @return the new phase, reduced to one period so that it cannot overflow
 */
uint32_t lamp_advance_phase(const struct settings *settings, uint32_t phase_ms, uint32_t elapsed_ms);

/**
 * Compares two lights. May be called at any time.
 *
 * @param a  a light
 * @param b  a light
 * @return whether brightness and color are equal
 */
bool light_equal(const struct light *a, const struct light *b);

#endif
