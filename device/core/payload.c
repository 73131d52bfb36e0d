/* Reading and writing of on/off, numbers, colours and modes. Nothing but the exact form is accepted. */
#include "payload.h"

#include <string.h>

#include "topic.h"

static const char *const MODES[MODE_COUNT] = {
    [MODE_STEADY] = "steady",
    [MODE_BLINK] = "blink",
    [MODE_BREATHE] = "breathe",
};

static const char *const REASONS[REASON_COUNT] = {
    [REASON_NONE] = "accepted",
    [REASON_EMPTY] = "the payload is empty",
    [REASON_TOO_LONG] = "the payload is too long",
    [REASON_BROKEN] = "the message arrived incomplete",
    [REASON_RETAINED] = "retained commands are ignored",
    [REASON_UNKNOWN] = "unknown; known are lamp, dim, color, mode and interval",
    [REASON_LAMP] = "must be ON or OFF",
    [REASON_DIM] = "must be a whole number from 0 to 100",
    [REASON_COLOR] = "must be a colour like #FF8800",
    [REASON_MODE] = "must be steady, blink or breathe",
    [REASON_INTERVAL] = "must be a whole number from 1 to 3600",
    [REASON_PRESSES_LOST] = "presses were lost, the outbox was full",
    [REASON_NOT_SAVED] = "could not be stored",
    [REASON_OVERRUN] = "commands were lost, they came too fast",
};

static bool is(const char *text, const uint8_t *data, size_t length)
{
    return strlen(text) == length && memcmp(text, data, length) == 0;
}

static bool read_lamp(const uint8_t *data, size_t length, struct settings *settings)
{
    const bool on = is("ON", data, length);
    if (!on && !is("OFF", data, length)) {
        return false;
    }
    settings->lamp = on;
    return true;
}

/* Plain digits without sign or leading zero. */
static bool read_number(const uint8_t *data, size_t length, unsigned min, unsigned max, unsigned *out)
{
    unsigned value = 0;
    if (length > 4 || (length > 1 && data[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (data[i] < '0' || data[i] > '9') {
            return false;
        }
        value = value * 10 + (unsigned)(data[i] - '0');
    }
    *out = value;
    return value >= min && value <= max;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return -1;
}

static bool read_color(const uint8_t *data, size_t length, struct settings *settings)
{
    uint8_t parts[3];
    if (length != 7 || data[0] != '#') {
        return false;
    }
    for (size_t i = 0; i < 3; i++) {
        const int high = hex_digit(data[1 + 2 * i]);
        const int low = hex_digit(data[2 + 2 * i]);
        if (high < 0 || low < 0) {
            return false;
        }
        parts[i] = (uint8_t)(high * 16 + low);
    }
    settings->red = parts[0];
    settings->green = parts[1];
    settings->blue = parts[2];
    return true;
}

static bool read_mode(const uint8_t *data, size_t length, struct settings *settings)
{
    for (unsigned mode = 0; mode < MODE_COUNT; mode++) {
        if (is(MODES[mode], data, length)) {
            settings->mode = (uint8_t)mode;
            return true;
        }
    }
    return false;
}

enum reason payload_read(unsigned thing, const uint8_t *data, size_t length, struct settings *settings)
{
    unsigned number = 0;
    if (thing >= THING_COUNT) {
        return REASON_UNKNOWN;
    }
    if (length == 0) {
        return REASON_EMPTY;
    }
    switch (thing) {
    case THING_LAMP:
        return read_lamp(data, length, settings) ? REASON_NONE : REASON_LAMP;
    case THING_DIM:
        if (!read_number(data, length, 0, DIM_MAX, &number)) {
            return REASON_DIM;
        }
        settings->dim = (uint8_t)number;
        return REASON_NONE;
    case THING_COLOR:
        return read_color(data, length, settings) ? REASON_NONE : REASON_COLOR;
    case THING_MODE:
        return read_mode(data, length, settings) ? REASON_NONE : REASON_MODE;
    default:
        if (!read_number(data, length, INTERVAL_MIN, INTERVAL_MAX, &number)) {
            return REASON_INTERVAL;
        }
        settings->interval_s = (uint16_t)number;
        return REASON_NONE;
    }
}

static void write_hex(struct writer *out, unsigned value)
{
    static const char DIGITS[] = "0123456789ABCDEF";
    const char text[3] = {DIGITS[value >> 4 & 15u], DIGITS[value & 15u], '\0'};
    writer_text(out, text);
}

void payload_write(unsigned thing, const struct settings *settings, struct writer *out)
{
    switch (thing) {
    case THING_LAMP:
        writer_text(out, settings->lamp ? "ON" : "OFF");
        break;
    case THING_DIM:
        writer_number(out, settings->dim);
        break;
    case THING_COLOR:
        writer_text(out, "#");
        write_hex(out, settings->red);
        write_hex(out, settings->green);
        write_hex(out, settings->blue);
        break;
    case THING_MODE:
        writer_text(out, MODES[settings->mode]);
        break;
    case THING_INTERVAL:
        writer_number(out, settings->interval_s);
        break;
    default:
        break;
    }
}

const char *payload_reason(unsigned reason)
{
    return reason < REASON_COUNT ? REASONS[reason] : "refused";
}
