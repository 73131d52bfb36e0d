/* The sensors of the board. */
#ifndef SENSORS_H
#define SENSORS_H

/* Initializes the sensors that the board has. Called once, from board_init; board_read_sensors then reads them. */
void sensors_init(void);

#endif
