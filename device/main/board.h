/* The board itself: lamp, status LED, button, sensors, watchdog, identity. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>

#include "config.h"
#include "device.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

/* What the board is called when nobody has named it. */
struct board_identity {
    char id[33];
    char mac[18];
    const char *chip;
    const char *sdk;
    const char *reset_reason;
};

/* Brings the pins and sensors up. `owner` is notified when the button changes. What is missing is left out. */
void board_start(TaskHandle_t owner);

/* Who the board is. */
void board_identify(struct board_identity *identity);

/* What the surroundings say instead of the stored configuration; nothing on a real board. */
void board_override(struct config *config);

/* Shows a light on the lamp. Does not wait for it. */
void board_light(const struct light *light);

/* Switches the status LED. */
void board_signal(bool on);

/* Whether the button is held down. */
bool board_button(void);

/* Reads the sensors that are there. */
void board_read(struct device_readings *readings);

/* Lets the watchdog look after the calling task. */
void board_watch(void);

/* Tells the watchdog that the calling task is alive. */
void board_alive(void);

/* Keeps this firmware: without this, the next start goes back to the one before. */
void board_accept_firmware(void);

/* Starts the serial console. `restart` is called, from another task, when the user wants a restart. */
void board_console(void (*restart)(void));

#endif
