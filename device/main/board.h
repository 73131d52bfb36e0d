/* The hardware of the board: lamp, status LED, button, sensors, watchdog, identity.
 * Unless noted otherwise, the functions are called from the owner task after board_init. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>

#include "config.h"
#include "device.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

/* The identity of the board. The ID is the default one, derived from the MAC address. */
struct board_identity {
    char id[33];
    char mac[18];
    const char *chip;
    const char *sdk;
    const char *reset_reason;
};

/* Initializes pins and sensors. Hardware that is missing or fails is logged and left out.
 * `owner` is notified when the level of the button changes. Called once, before all other functions. */
void board_init(TaskHandle_t owner);

/* Fills in the identity of the board. */
void board_get_identity(struct board_identity *identity);

/* Replaces configuration values by those of the environment. Does nothing on a real board. */
void board_override_config(struct config *config);

/* Sets the light of the lamp. Does not block. */
void board_set_light(const struct light *light);

/* Switches the status LED. */
void board_set_status_led(bool on);

/* Returns whether the button is held down, not debounced. */
bool board_button_is_pressed(void);

/* Reads the sensors. Those that are missing or fail keep their has_ flag false, as it is on entry. */
void board_read_sensors(struct device_readings *readings);

/* Adds the calling task to the task watchdog. */
void board_watchdog_add_task(void);

/* Feeds the task watchdog for the calling task. */
void board_watchdog_feed(void);

/* Marks the running firmware as valid. Until then the bootloader returns to the previous one at the next start. */
void board_confirm_firmware(void);

/* Starts the serial console. It calls `on_restart` from its own task when the user asks for a restart. */
void board_start_console(void (*on_restart)(void));

#endif
