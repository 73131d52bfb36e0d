/* The steady, blinking and breathing lamp. */
#include "lamp.h"

/* Rises from 0 to LIGHT_FULL and falls back, slowing down at both ends. */
static uint32_t breath(uint32_t phase_ms)
{
    const uint32_t half = LAMP_BREATH_MS / 2;
    const uint32_t at = phase_ms % LAMP_BREATH_MS;
    const uint32_t x = (at < half ? at : LAMP_BREATH_MS - at) * LIGHT_FULL / half;
    return x * x / LIGHT_FULL * (3 * LIGHT_FULL - 2 * x) / LIGHT_FULL;
}

struct light lamp_light(const struct settings *settings, uint32_t phase_ms)
{
    uint32_t level = settings->lamp ? settings->dim * (LIGHT_FULL / DIM_MAX) : 0;
    if (settings->mode == MODE_BLINK && phase_ms % LAMP_BLINK_MS >= LAMP_BLINK_MS / 2) {
        level = 0;
    }
    if (settings->mode == MODE_BREATHE) {
        level = level * breath(phase_ms) / LIGHT_FULL;
    }
    return (struct light){
        .level = (uint16_t)level,
        .red = settings->red,
        .green = settings->green,
        .blue = settings->blue,
    };
}

uint32_t lamp_next(const struct settings *settings, uint32_t phase_ms)
{
    if (!settings->lamp || settings->dim == 0) {
        return LAMP_STILL;
    }
    if (settings->mode == MODE_BLINK) {
        return LAMP_BLINK_MS / 2 - phase_ms % (LAMP_BLINK_MS / 2);
    }
    return settings->mode == MODE_BREATHE ? LAMP_STEP_MS - phase_ms % LAMP_STEP_MS : LAMP_STILL;
}

uint32_t lamp_advance(const struct settings *settings, uint32_t phase_ms, uint32_t elapsed_ms)
{
    const uint32_t round = settings->mode == MODE_BLINK ? LAMP_BLINK_MS : LAMP_BREATH_MS;
    return (phase_ms + elapsed_ms % round) % round;
}

bool lamp_same(const struct light *a, const struct light *b)
{
    return a->level == b->level && a->red == b->red && a->green == b->green && a->blue == b->blue;
}
