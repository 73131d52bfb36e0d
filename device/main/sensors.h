/* The board's sensors. */
#ifndef SENSORS_H
#define SENSORS_H

/* Brings up those that are there. board_read reads them. */
void sensors_start(void);

#endif
