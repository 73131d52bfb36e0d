/* How the lamp looks at a given moment. */
#ifndef LAMP_H
#define LAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "settings.h"

/* Full brightness. */
#define LIGHT_FULL 1000u
/* A blinking lamp is on for half of this time, a breathing one takes it for one breath. */
#define LAMP_BLINK_MS 1000u
#define LAMP_BREATH_MS 4000u
/* Time between two steps of a breath. */
#define LAMP_STEP_MS 20u
/* Returned by lamp_next when the light does not move. */
#define LAMP_STILL UINT32_MAX

/* What the lamp shows: brightness 0 to 1000 as the eye should see it, and a colour at full strength. */
struct light {
    uint16_t level;
    uint8_t red;
    uint8_t green;
    uint8_t blue;
};

/* The light `phase_ms` after the animation began. */
struct light lamp_light(const struct settings *settings, uint32_t phase_ms);

/* Milliseconds until the light may look different, or LAMP_STILL. */
uint32_t lamp_next(const struct settings *settings, uint32_t phase_ms);

/* The phase `elapsed_ms` later, kept within one round of the animation. */
uint32_t lamp_advance(const struct settings *settings, uint32_t phase_ms, uint32_t elapsed_ms);

/* Whether both look the same. */
bool lamp_same(const struct light *a, const struct light *b);

#endif
