/* The payloads of the commands: reads what a user sends into the settings, and writes it back. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "settings.h"
#include "writer.h"

/* Why a command or a wish was refused. */
enum reason {
    REASON_NONE,
    REASON_EMPTY,
    REASON_TOO_LONG,
    REASON_BROKEN,
    REASON_RETAINED,
    REASON_UNKNOWN,
    REASON_LAMP,
    REASON_DIM,
    REASON_COLOR,
    REASON_MODE,
    REASON_INTERVAL,
    REASON_PRESSES_LOST,
    REASON_NOT_SAVED,
    REASON_OVERRUN,
    REASON_COUNT
};

/* Reads a payload for `thing` into `settings`. On refusal the settings are untouched and the reason is returned. */
enum reason payload_read(unsigned thing, const uint8_t *data, size_t length, struct settings *settings);

/* Writes the value of `thing` as it appears on its state topic. */
void payload_write(unsigned thing, const struct settings *settings, struct writer *out);

/* The reason as a sentence without its full stop. */
const char *payload_reason(unsigned reason);

#endif
