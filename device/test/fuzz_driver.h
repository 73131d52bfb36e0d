/* Drives a device with arbitrary bytes: messages, fragments, presses, time, a full queue, failing saves. */
#ifndef FUZZ_DRIVER_H
#define FUZZ_DRIVER_H

#include <stddef.h>
#include <stdint.h>

#include "fixture.h"

/* Starts a connected device. */
void fuzz_driver_init(struct fixture *fixture);

/* Decodes `data` into calls and checks the invariants after each; aborts if one is violated.
 * Returns the number of messages delivered. */
unsigned fuzz_driver_run(struct fixture *fixture, const uint8_t *data, size_t length);

#endif
