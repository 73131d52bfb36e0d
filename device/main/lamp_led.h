/* The lamp: an LED dimmed by PWM, and an RGB LED. */
#ifndef LAMP_LED_H
#define LAMP_LED_H

/* Brings both up, as far as they have a pin. They show what board_light says. */
void lamp_led_start(void);

#endif
