/* The errors that the device reports on "<base>/error". */
#ifndef ERROR_CODE_H
#define ERROR_CODE_H

#include "topic.h"

/* Why a command was rejected, or what else failed. */
enum error_code {
    ERROR_NONE,
    ERROR_PAYLOAD_EMPTY,
    ERROR_PAYLOAD_TOO_LONG,
    ERROR_MESSAGE_INCOMPLETE,
    ERROR_COMMAND_RETAINED,
    ERROR_PROPERTY_UNKNOWN,
    ERROR_LAMP_INVALID,
    ERROR_DIM_INVALID,
    ERROR_COLOR_INVALID,
    ERROR_MODE_INVALID,
    ERROR_INTERVAL_INVALID,
    ERROR_PRESSES_LOST,
    ERROR_SAVE_FAILED,
    ERROR_COMMANDS_LOST,
    ERROR_CODE_COUNT
};

/* What an error is about. The values up to PROPERTY_UNKNOWN are those of enum property: a rejected command. */
enum error_source {
    ERROR_SOURCE_BUTTON = PROPERTY_UNKNOWN + 1,
    ERROR_SOURCE_SETTINGS,
    ERROR_SOURCE_COMMANDS, /* commands that were lost before the core could read their property */
    ERROR_SOURCE_COUNT
};

/**
 * Returns the text that is published for an error. May be called at any time.
 *
 * @param code  a value of enum error_code
 * @return the text, without a full stop
 */
const char *error_code_text(unsigned code);

#endif
