/* Writes text and JSON into a buffer of fixed size and never beyond it. */
#ifndef WRITER_H
#define WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text that is being written. It always ends in NUL. Once something did not fit, `full` stays set. */
struct writer {
    char *start;
    size_t size;
    size_t length;
    bool full;
    bool comma; /* the next JSON member or element needs a comma before it */
};

/* Begins an empty text. `size` counts the NUL and is at least 1. */
struct writer writer_begin(char *start, size_t size);

/* Adds text as it is. */
void writer_text(struct writer *out, const char *text);

/* Adds a whole number in decimal. */
void writer_number(struct writer *out, int64_t number);

/* Opens a JSON object '{' or array '['; with a key inside of an object, with NULL elsewhere. */
void json_open(struct writer *out, const char *key, char bracket);

/* Closes the innermost object '}' or array ']'. */
void json_close(struct writer *out, char bracket);

/* Adds a string member, or an element when key is NULL. Control characters become spaces. */
void json_string(struct writer *out, const char *key, const char *value);

/* The same for a string made of two parts. */
void json_joined(struct writer *out, const char *key, const char *first, const char *second);

/* Adds a member that is a whole number. */
void json_number(struct writer *out, const char *key, int64_t number);

/* Adds a member given in hundredths, with two decimals. */
void json_hundredths(struct writer *out, const char *key, int32_t hundredths);

#endif
