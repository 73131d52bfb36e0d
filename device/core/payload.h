/* Parses the payloads of commands into settings, and formats settings as payloads. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error_code.h"
#include "settings.h"
#include "writer.h"

/**
 * Parses the payload of a command. May be called at any time.
 *
 * @param property  a value of enum property
 * @param data      the payload, not terminated by NUL; may be NULL if `length` is 0
 * @param length    bytes in `data`
 * @param settings  receives the value; unchanged on error
 * @return ERROR_NONE, or why the command is rejected
 */
enum error_code payload_parse(unsigned property, const uint8_t *data, size_t length, struct settings *settings);

/**
 * Formats the value of a property as it is published on its state topic. May be called at any time.
 *
 * @param property  a value of enum property; nothing is written if it is unknown
 * @param settings  valid settings
 * @param out       the buffer to append to
 */
void payload_format(unsigned property, const struct settings *settings, struct writer *out);

#endif
