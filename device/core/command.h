/* Receives command messages and executes them. */
#ifndef COMMAND_H
#define COMMAND_H

#include "device_state.h"

/**
 * Processes a fragment of an incoming message, as device_receive does, but leaves saving and publishing to
 * device_tick. Only device_receive calls it.
 *
 * @param device    the device
 * @param fragment  the fragment
 */
void command_receive(struct device *device, const struct device_fragment *fragment);

#endif
