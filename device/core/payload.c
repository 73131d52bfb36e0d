/* Parsing and formatting of payloads: on/off, integers, colors and modes. Only the exact form is accepted. */
#include "payload.h"

#include <string.h>

static const char *const MODE_NAMES[MODE_COUNT] = {
    [MODE_STEADY] = "steady",
    [MODE_BLINK] = "blink",
    [MODE_BREATHE] = "breathe",
};

/* Returns whether the payload is exactly this text. */
static bool payload_is(const char *text, const uint8_t *data, size_t length)
{
    return strlen(text) == length && memcmp(text, data, length) == 0;
}

/* Parses "ON" or "OFF". Returns false, and leaves the settings unchanged, if it is neither. */
static bool parse_lamp(const uint8_t *data, size_t length, struct settings *settings)
{
    const bool on = payload_is("ON", data, length);
    if (!on && !payload_is("OFF", data, length)) {
        return false;
    }
    settings->lamp = on;
    return true;
}

/* Parses up to four decimal digits without sign or leading zero. Returns false if the number is not in min..max. */
static bool parse_integer(const uint8_t *data, size_t length, unsigned min, unsigned max, unsigned *out)
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

/* Returns the value of a hexadecimal digit, or -1. */
static int hex_digit_value(uint8_t c)
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

/* Parses "#RRGGBB". Returns false, and leaves the settings unchanged, if it has another form. */
static bool parse_color(const uint8_t *data, size_t length, struct settings *settings)
{
    uint8_t rgb[3];
    if (length != 7 || data[0] != '#') {
        return false;
    }
    for (size_t i = 0; i < 3; i++) {
        const int high = hex_digit_value(data[1 + 2 * i]);
        const int low = hex_digit_value(data[2 + 2 * i]);
        if (high < 0 || low < 0) {
            return false;
        }
        rgb[i] = (uint8_t)(high * 16 + low);
    }
    settings->red = rgb[0];
    settings->green = rgb[1];
    settings->blue = rgb[2];
    return true;
}

/* Parses the name of a mode. Returns false, and leaves the settings unchanged, if it is unknown. */
static bool parse_mode(const uint8_t *data, size_t length, struct settings *settings)
{
    for (unsigned mode = 0; mode < MODE_COUNT; mode++) {
        if (payload_is(MODE_NAMES[mode], data, length)) {
            settings->mode = (uint8_t)mode;
            return true;
        }
    }
    return false;
}

enum error_code payload_parse(unsigned property, const uint8_t *data, size_t length, struct settings *settings)
{
    unsigned number = 0;
    if (property >= PROPERTY_COUNT) {
        return ERROR_PROPERTY_UNKNOWN;
    }
    if (length == 0) {
        return ERROR_PAYLOAD_EMPTY;
    }
    switch (property) {
    case PROPERTY_LAMP:
        return parse_lamp(data, length, settings) ? ERROR_NONE : ERROR_LAMP_INVALID;
    case PROPERTY_DIM:
        if (!parse_integer(data, length, 0, DIM_MAX, &number)) {
            return ERROR_DIM_INVALID;
        }
        settings->dim = (uint8_t)number;
        return ERROR_NONE;
    case PROPERTY_COLOR:
        return parse_color(data, length, settings) ? ERROR_NONE : ERROR_COLOR_INVALID;
    case PROPERTY_MODE:
        return parse_mode(data, length, settings) ? ERROR_NONE : ERROR_MODE_INVALID;
    default:
        if (!parse_integer(data, length, INTERVAL_MIN, INTERVAL_MAX, &number)) {
            return ERROR_INTERVAL_INVALID;
        }
        settings->interval_s = (uint16_t)number;
        return ERROR_NONE;
    }
}

/* Appends two uppercase hexadecimal digits. */
static void write_hex_byte(struct writer *out, unsigned value)
{
    static const char DIGITS[] = "0123456789ABCDEF";
    const char text[3] = {DIGITS[value >> 4 & 15u], DIGITS[value & 15u], '\0'};
    writer_text(out, text);
}

void payload_format(unsigned property, const struct settings *settings, struct writer *out)
{
    switch (property) {
    case PROPERTY_LAMP:
        writer_text(out, settings->lamp ? "ON" : "OFF");
        break;
    case PROPERTY_DIM:
        writer_integer(out, settings->dim);
        break;
    case PROPERTY_COLOR:
        writer_text(out, "#");
        write_hex_byte(out, settings->red);
        write_hex_byte(out, settings->green);
        write_hex_byte(out, settings->blue);
        break;
    case PROPERTY_MODE:
        writer_text(out, MODE_NAMES[settings->mode]);
        break;
    case PROPERTY_INTERVAL:
        writer_integer(out, settings->interval_s);
        break;
    default:
        break;
    }
}
