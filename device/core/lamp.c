/* Animation of the steady, blinking and breathing lamp. */
#include "lamp.h"

/* Returns the level of the breathing animation at a phase: 0 to LIGHT_LEVEL_MAX and back, eased at both ends. */
static uint32_t breathe_level(uint32_t phase_ms)
{
    const uint32_t half = LAMP_BREATHE_PERIOD_MS / 2;
    const uint32_t position = phase_ms % LAMP_BREATHE_PERIOD_MS;
    const uint32_t x = (position < half ? position : LAMP_BREATHE_PERIOD_MS - position) * LIGHT_LEVEL_MAX / half;
    /* smoothstep: x^2 * (3 - 2x) in fixed point */
    return x * x / LIGHT_LEVEL_MAX * (3 * LIGHT_LEVEL_MAX - 2 * x) / LIGHT_LEVEL_MAX;
}

struct light lamp_light_at(const struct settings *settings, uint32_t phase_ms)
{
    uint32_t level = settings->lamp ? settings->dim * (LIGHT_LEVEL_MAX / DIM_MAX) : 0;
    if (settings->mode == MODE_BLINK && phase_ms % LAMP_BLINK_PERIOD_MS >= LAMP_BLINK_PERIOD_MS / 2) {
        level = 0;
    }
    if (settings->mode == MODE_BREATHE) {
        level = level * breathe_level(phase_ms) / LIGHT_LEVEL_MAX;
    }
    return (struct light){
        .level = (uint16_t)level,
        .red = settings->red,
        .green = settings->green,
        .blue = settings->blue,
    };
}

uint32_t lamp_ms_until_change(const struct settings *settings, uint32_t phase_ms)
{
    if (!settings->lamp || settings->dim == 0) {
        return LAMP_NO_DEADLINE;
    }
    if (settings->mode == MODE_BLINK) {
        return LAMP_BLINK_PERIOD_MS / 2 - phase_ms % (LAMP_BLINK_PERIOD_MS / 2);
    }
    return settings->mode == MODE_BREATHE ? LAMP_BREATHE_STEP_MS - phase_ms % LAMP_BREATHE_STEP_MS : LAMP_NO_DEADLINE;
}

uint32_t lamp_advance_phase(const struct settings *settings, uint32_t phase_ms, uint32_t elapsed_ms)
{
    const uint32_t period = settings->mode == MODE_BLINK ? LAMP_BLINK_PERIOD_MS : LAMP_BREATHE_PERIOD_MS;
    return (phase_ms + elapsed_ms % period) % period;
}

bool light_equal(const struct light *a, const struct light *b)
{
    return a->level == b->level && a->red == b->red && a->green == b->green && a->blue == b->blue;
}
