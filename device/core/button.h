/* The button: removes bounce and tells short presses from long ones. */
#ifndef BUTTON_H
#define BUTTON_H

#include <stdbool.h>
#include <stdint.h>

/* The level has to stay for this long to count. */
#define BUTTON_DEBOUNCE_MS 30u
/* A press of at least this length is long. It is told while the button is still held. */
#define BUTTON_LONG_MS 800u
/* Returned by button_next when only the button itself can change something. */
#define BUTTON_STILL UINT32_MAX

/* What a press was. */
enum press { PRESS_NONE, PRESS_SHORT, PRESS_LONG };

/* The button's state. All zero is a button at rest. */
struct button {
    bool raw;      /* level seen last */
    bool down;     /* level after debouncing */
    bool told;     /* the long press has been told */
    uint32_t at;   /* when the raw level changed */
    uint32_t from; /* when the press began */
};

/* Takes the level at `now`. Returns a press as soon as it is one. */
enum press button_update(struct button *button, bool raw, uint32_t now);

/* Milliseconds until button_update may have something to tell, or BUTTON_STILL. */
uint32_t button_next(const struct button *button, uint32_t now);

#endif
