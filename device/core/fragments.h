/* Puts one payload together out of the pieces in which it arrives. */
#ifndef FRAGMENTS_H
#define FRAGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest payload that is kept. The longest valid command has 7 bytes. */
#define FRAGMENTS_MAX 64u

/* The payload as far as it has arrived. All zero is the empty state. */
struct fragments {
    uint8_t payload[FRAGMENTS_MAX];
    uint32_t have;
    uint32_t total;
    bool open; /* a payload has begun and more of it is to come */
};

/* What a piece led to. */
enum fragments_result {
    FRAGMENTS_MORE,  /* more is to come, or the piece belongs to nothing that was begun */
    FRAGMENTS_WHOLE, /* `payload` holds `total` bytes */
    FRAGMENTS_BROKEN /* a piece is missing or does not fit; the rest is skipped */
};

/* Begins a payload of `total` bytes and forgets any earlier one.
 * False when it is too long: then nothing is begun and all of its pieces are skipped. */
bool fragments_begin(struct fragments *fragments, size_t total);

/* Adds a piece. `data` may be NULL when `length` is 0. */
enum fragments_result fragments_add(struct fragments *fragments, const uint8_t *data, size_t length, size_t offset,
                                    size_t total);

/* Forgets what has arrived so far; its remaining pieces are skipped. */
void fragments_reset(struct fragments *fragments);

#endif
