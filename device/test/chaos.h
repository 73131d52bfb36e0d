/* A device driven by arbitrary bytes: messages, pieces, presses, time, a broken outbox. */
#ifndef CHAOS_H
#define CHAOS_H

#include <stddef.h>
#include <stdint.h>

#include "bench.h"

/* Starts a connected board. */
void chaos_start(struct bench *bench);

/* Turns `data` into calls and aborts when the device breaks one of its promises. Returns the number of messages. */
unsigned chaos_run(struct bench *bench, const uint8_t *data, size_t length);

#endif
