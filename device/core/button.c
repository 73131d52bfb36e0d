/* Debouncing and timing of the button. */
#include "button.h"

/* Accepts the sampled level as stable. Returns the press that a release completes, or PRESS_NONE. */
static enum press accept_level(struct button *button)
{
    button->pressed = button->level;
    if (button->pressed) {
        button->pressed_at = button->changed_at;
        button->long_reported = false;
        return PRESS_NONE;
    }
    if (button->long_reported) {
        return PRESS_NONE;
    }
    return button->changed_at - button->pressed_at >= BUTTON_LONG_PRESS_MS ? PRESS_LONG : PRESS_SHORT;
}

enum press button_update(struct button *button, bool level, uint32_t now)
{
    enum press press = PRESS_NONE;
    if (level != button->level) {
        button->level = level;
        button->changed_at = now;
    }
    if (button->level != button->pressed && now - button->changed_at >= BUTTON_DEBOUNCE_MS) {
        press = accept_level(button);
    }
    if (button->pressed && button->level && !button->long_reported &&
        now - button->pressed_at >= BUTTON_LONG_PRESS_MS) {
        button->long_reported = true;
        press = PRESS_LONG;
    }
    return press;
}

/* Returns how many milliseconds of `duration`, which began at `since`, are left; 0 when it is over. */
static uint32_t remaining_ms(uint32_t since, uint32_t duration, uint32_t now)
{
    const uint32_t elapsed = now - since;
    return elapsed >= duration ? 0 : duration - elapsed;
}

uint32_t button_ms_until_update(const struct button *button, uint32_t now)
{
    if (button->level != button->pressed) {
        return remaining_ms(button->changed_at, BUTTON_DEBOUNCE_MS, now);
    }
    if (button->pressed && !button->long_reported) {
        return remaining_ms(button->pressed_at, BUTTON_LONG_PRESS_MS, now);
    }
    return BUTTON_NO_DEADLINE;
}
