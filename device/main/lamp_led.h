/* The hardware of the lamp: an LED dimmed by PWM, and an RGB LED. */
#ifndef LAMP_LED_H
#define LAMP_LED_H

/* Initializes the LEDs that have a pin. Called once, from board_init; board_set_light then sets their light. */
void lamp_led_init(void);

#endif
