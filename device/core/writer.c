/* Bounded writing of text and JSON. */
#include "writer.h"

#include <string.h>

struct writer writer_init(char *buffer, size_t size)
{
    buffer[0] = '\0';
    return (struct writer){.buffer = buffer, .size = size};
}

/* Appends `length` bytes, or nothing if they do not all fit. */
static void append(struct writer *out, const char *text, size_t length)
{
    if (out->overflow || length >= out->size - out->length) {
        out->overflow = true;
        return;
    }
    memcpy(out->buffer + out->length, text, length);
    out->length += length;
    out->buffer[out->length] = '\0';
}

void writer_text(struct writer *out, const char *text)
{
    append(out, text, strlen(text));
}

void writer_integer(struct writer *out, int64_t number)
{
    char digits[20];
    size_t first = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        digits[--first] = (char)('0' + (char)(rest % 10));
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        digits[--first] = '-';
    }
    append(out, digits + first, sizeof digits - first);
}

/* Appends the inside of a JSON string. */
static void append_escaped(struct writer *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            append(out, "\\", 1);
        }
        append(out, (unsigned char)*text < ' ' || *text == 0x7F ? " " : text, 1);
    }
}

/* Appends the comma before a member or element, if one is needed, and its key, if it has one. */
static void begin_member(struct writer *out, const char *key)
{
    if (out->need_comma) {
        append(out, ",", 1);
    }
    out->need_comma = true;
    if (key != NULL) {
        append(out, "\"", 1);
        writer_text(out, key);
        append(out, "\":", 2);
    }
}

void json_open(struct writer *out, const char *key, char bracket)
{
    begin_member(out, key);
    append(out, &bracket, 1);
    out->need_comma = false;
}

void json_close(struct writer *out, char bracket)
{
    append(out, &bracket, 1);
    out->need_comma = true;
}

void json_concat(struct writer *out, const char *key, const char *first, const char *second)
{
    begin_member(out, key);
    append(out, "\"", 1);
    append_escaped(out, first);
    append_escaped(out, second);
    append(out, "\"", 1);
}

void json_string(struct writer *out, const char *key, const char *value)
{
    json_concat(out, key, value, "");
}

void json_integer(struct writer *out, const char *key, int64_t number)
{
    begin_member(out, key);
    writer_integer(out, number);
}

void json_hundredths(struct writer *out, const char *key, int32_t hundredths)
{
    const int64_t magnitude = hundredths < 0 ? -(int64_t)hundredths : hundredths;
    const char decimals[4] = {'.', (char)('0' + (char)(magnitude % 100 / 10)), (char)('0' + (char)(magnitude % 10)),
                              '\0'};
    begin_member(out, key);
    writer_text(out, hundredths < 0 ? "-" : "");
    writer_integer(out, magnitude / 100);
    writer_text(out, decimals);
}

void text_copy(char *out, size_t size, const char *text)
{
    size_t length = text != NULL ? strlen(text) : 0;
    if (length >= size) {
        length = size - 1;
    }
    if (length > 0) {
        memcpy(out, text, length);
    }
    out[length] = '\0';
}
