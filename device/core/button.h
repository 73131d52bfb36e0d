/* Debounces the button and distinguishes short presses from long ones. */
#ifndef BUTTON_H
#define BUTTON_H

#include <stdbool.h>
#include <stdint.h>

/* A level counts once it has been stable for this long. */
#define BUTTON_DEBOUNCE_MS 30u
/* A press of at least this length is a long one. */
#define BUTTON_LONG_PRESS_MS 800u
/* Returned by button_ms_until_update while nothing but a new level can change the state. */
#define BUTTON_NO_DEADLINE UINT32_MAX

/* The kind of a press. */
enum press { PRESS_NONE, PRESS_SHORT, PRESS_LONG };

/* The state of the button. Zeroed, it is a released button. */
struct button {
    bool level;          /* the level sampled last; true: pressed */
    bool pressed;        /* the level after debouncing */
    bool long_reported;  /* the current press has been reported as a long one */
    uint32_t changed_at; /* when `level` changed */
    uint32_t pressed_at; /* when the current press began */
};

/**
 * Processes a sample of the button. Call it when the level changes and after button_ms_until_update.
 *
 * A short press is reported on release, a long one after BUTTON_LONG_PRESS_MS while the button is still held.
 *
 * @param button  the state to update
 * @param level   the sampled level; true: pressed
 * @param now     the current time in milliseconds
 * @return the press that this sample completes, or PRESS_NONE
 */
enum press button_update(struct button *button, bool level, uint32_t now);

/**
 * Returns when to call button_update even if the level does not change. May be called at any time.
 *
 * @param button  the state
 * @param now     the current time in milliseconds
 * @return milliseconds until then, or BUTTON_NO_DEADLINE
 */
uint32_t button_ms_until_update(const struct button *button, uint32_t now);

#endif
