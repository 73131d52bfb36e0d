/* Debouncing and timing of the button. */
#include "button.h"

static enum press settle(struct button *button)
{
    button->down = button->raw;
    if (button->down) {
        button->from = button->at;
        button->told = false;
        return PRESS_NONE;
    }
    if (button->told) {
        return PRESS_NONE;
    }
    return button->at - button->from >= BUTTON_LONG_MS ? PRESS_LONG : PRESS_SHORT;
}

enum press button_update(struct button *button, bool raw, uint32_t now)
{
    enum press press = PRESS_NONE;
    if (raw != button->raw) {
        button->raw = raw;
        button->at = now;
    }
    if (button->raw != button->down && now - button->at >= BUTTON_DEBOUNCE_MS) {
        press = settle(button);
    }
    if (button->down && button->raw && !button->told && now - button->from >= BUTTON_LONG_MS) {
        button->told = true;
        press = PRESS_LONG;
    }
    return press;
}

static uint32_t left(uint32_t since, uint32_t duration, uint32_t now)
{
    const uint32_t passed = now - since;
    return passed >= duration ? 0 : duration - passed;
}

uint32_t button_next(const struct button *button, uint32_t now)
{
    if (button->raw != button->down) {
        return left(button->at, BUTTON_DEBOUNCE_MS, now);
    }
    if (button->down && !button->told) {
        return left(button->from, BUTTON_LONG_MS, now);
    }
    return BUTTON_STILL;
}
