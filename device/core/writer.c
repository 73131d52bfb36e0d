/* Bounded writing of text and JSON. */
#include "writer.h"

#include <string.h>

struct writer writer_begin(char *start, size_t size)
{
    start[0] = '\0';
    return (struct writer){.start = start, .size = size};
}

static void add(struct writer *out, const char *text, size_t length)
{
    if (out->full || length >= out->size - out->length) {
        out->full = true;
        return;
    }
    memcpy(out->start + out->length, text, length);
    out->length += length;
    out->start[out->length] = '\0';
}

void writer_text(struct writer *out, const char *text)
{
    add(out, text, strlen(text));
}

void writer_number(struct writer *out, int64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        digits[--at] = (char)('0' + (char)(rest % 10));
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        digits[--at] = '-';
    }
    add(out, digits + at, sizeof digits - at);
}

static void escaped(struct writer *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            add(out, "\\", 1);
        }
        add(out, (unsigned char)*text < ' ' || *text == 0x7F ? " " : text, 1);
    }
}

static void begin_member(struct writer *out, const char *key)
{
    if (out->comma) {
        add(out, ",", 1);
    }
    out->comma = true;
    if (key != NULL) {
        add(out, "\"", 1);
        writer_text(out, key);
        add(out, "\":", 2);
    }
}

void json_open(struct writer *out, const char *key, char bracket)
{
    begin_member(out, key);
    add(out, &bracket, 1);
    out->comma = false;
}

void json_close(struct writer *out, char bracket)
{
    add(out, &bracket, 1);
    out->comma = true;
}

void json_joined(struct writer *out, const char *key, const char *first, const char *second)
{
    begin_member(out, key);
    add(out, "\"", 1);
    escaped(out, first);
    escaped(out, second);
    add(out, "\"", 1);
}

void json_string(struct writer *out, const char *key, const char *value)
{
    json_joined(out, key, value, "");
}

void json_number(struct writer *out, const char *key, int64_t number)
{
    begin_member(out, key);
    writer_number(out, number);
}

void json_hundredths(struct writer *out, const char *key, int32_t hundredths)
{
    const int64_t size = hundredths < 0 ? -(int64_t)hundredths : hundredths;
    const char decimals[4] = {'.', (char)('0' + (char)(size % 100 / 10)), (char)('0' + (char)(size % 10)), '\0'};
    begin_member(out, key);
    writer_text(out, hundredths < 0 ? "-" : "");
    writer_number(out, size / 100);
    writer_text(out, decimals);
}
