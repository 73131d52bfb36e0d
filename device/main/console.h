/* The serial console on which a user tells the board its Wi-Fi and its broker. */
#ifndef CONSOLE_H
#define CONSOLE_H

/* Starts the console in a task of its own. `restart` is called when the user wants a restart. */
void console_start(void (*restart)(void));

#endif
