/* The texts of the errors. They are part of the contract in ../README.md: clients show them. */
#include "error_code.h"

static const char *const TEXTS[ERROR_CODE_COUNT] = {
    [ERROR_NONE] = "accepted",
    [ERROR_PAYLOAD_EMPTY] = "the payload is empty",
    [ERROR_PAYLOAD_TOO_LONG] = "the payload is too long",
    [ERROR_MESSAGE_INCOMPLETE] = "the message arrived incomplete",
    [ERROR_COMMAND_RETAINED] = "retained commands are ignored",
    [ERROR_PROPERTY_UNKNOWN] = "unknown; known are lamp, dim, color, mode and interval",
    [ERROR_LAMP_INVALID] = "must be ON or OFF",
    [ERROR_DIM_INVALID] = "must be a whole number from 0 to 100",
    [ERROR_COLOR_INVALID] = "must be a color like #FF8800",
    [ERROR_MODE_INVALID] = "must be steady, blink or breathe",
    [ERROR_INTERVAL_INVALID] = "must be a whole number from 1 to 3600",
    [ERROR_PRESSES_LOST] = "presses were lost, the outbox was full",
    [ERROR_SAVE_FAILED] = "could not be stored",
    [ERROR_COMMANDS_LOST] = "commands were lost, they came too fast",
};

const char *error_code_text(unsigned code)
{
    return code < ERROR_CODE_COUNT ? TEXTS[code] : "refused";
}
