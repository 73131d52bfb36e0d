/* Defaults, range checks and comparison of settings. */
#include "settings.h"

struct settings settings_default(void)
{
    return (struct settings){
        .lamp = false,
        .dim = DIM_MAX,
        .red = 0xFF,
        .green = 0xFF,
        .blue = 0xFF,
        .mode = MODE_STEADY,
        .interval_s = 10,
    };
}

struct settings settings_sanitize(struct settings settings)
{
    const struct settings fallback = settings_default();
    if (settings.dim > DIM_MAX) {
        settings.dim = fallback.dim;
    }
    if (settings.mode >= MODE_COUNT) {
        settings.mode = fallback.mode;
    }
    if (settings.interval_s < INTERVAL_MIN || settings.interval_s > INTERVAL_MAX) {
        settings.interval_s = fallback.interval_s;
    }
    return settings;
}

bool settings_equal(const struct settings *a, const struct settings *b)
{
    return a->lamp == b->lamp && a->dim == b->dim && a->red == b->red && a->green == b->green && a->blue == b->blue &&
           a->mode == b->mode && a->interval_s == b->interval_s;
}
