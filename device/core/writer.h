/* Writes text and JSON into a buffer of fixed size, never beyond its end. */
#ifndef WRITER_H
#define WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text being written, always terminated by NUL. The caller reads the members but does not change them. */
struct writer {
    char *buffer;
    size_t size;     /* bytes in `buffer`, including the NUL */
    size_t length;   /* bytes written, without the NUL */
    bool overflow;   /* something did not fit; from then on nothing is written */
    bool need_comma; /* the next JSON member or element needs a comma before it */
};

/**
 * Begins an empty text. Call it before every other function.
 *
 * @param buffer  the buffer to write to, which must outlive the writer
 * @param size    bytes in the buffer, at least 1
 * @return the writer
 */
struct writer writer_init(char *buffer, size_t size);

/**
 * Appends text as it is. Call it after writer_init, like all of the following functions.
 *
 * @param out   the writer
 * @param text  the text, terminated by NUL
 */
void writer_text(struct writer *out, const char *text);

/**
 * Appends an integer in decimal.
 *
 * @param out     the writer
 * @param number  the integer
 */
void writer_integer(struct writer *out, int64_t number);

/**
 * Opens a JSON object or array.
 *
 * @param out      the writer
 * @param key      the key inside an object; NULL inside an array and at the top level
 * @param bracket  '{' or '['
 */
void json_open(struct writer *out, const char *key, char bracket);

/**
 * Closes the innermost JSON object or array.
 *
 * @param out      the writer
 * @param bracket  '}' or ']', matching json_open
 */
void json_close(struct writer *out, char bracket);

/**
 * Appends a JSON string. Control characters in it become spaces.
 *
 * @param out    the writer
 * @param key    the key inside an object; NULL inside an array
 * @param value  the string, terminated by NUL
 */
void json_string(struct writer *out, const char *key, const char *value);

/**
 * Appends the concatenation of two strings as a JSON string. Control characters in it become spaces.
 *
 * @param out     the writer
 * @param key     the key inside an object; NULL inside an array
 * @param first   the first part, terminated by NUL
 * @param second  the second part, terminated by NUL
 */
void json_concat(struct writer *out, const char *key, const char *first, const char *second);

/**
 * Appends a JSON integer.
 *
 * @param out     the writer
 * @param key     the key inside an object; NULL inside an array
 * @param number  the integer
 */
void json_integer(struct writer *out, const char *key, int64_t number);

/**
 * Appends a JSON number with two decimals.
 *
 * @param out         the writer
 * @param key         the key inside an object; NULL inside an array
 * @param hundredths  the number, multiplied by 100
 */
void json_hundredths(struct writer *out, const char *key, int32_t hundredths);

/**
 * Copies text into a buffer and truncates it if it does not fit. Needs no writer; may be called at any time.
 *
 * @param out   the buffer, terminated by NUL on return
 * @param size  bytes in the buffer, at least 1
 * @param text  the text, terminated by NUL; NULL stands for an empty one
 */
void text_copy(char *out, size_t size, const char *text);

#endif
