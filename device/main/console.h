/* The serial console, on which the user configures Wi-Fi, broker and device ID. */
#ifndef CONSOLE_H
#define CONSOLE_H

/* Starts the console in its own task. It calls `on_restart` when the user asks for a restart. Called once, after
 * store_init. */
void console_start(void (*on_restart)(void));

#endif
