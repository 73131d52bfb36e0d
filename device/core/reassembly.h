/* Reassembles a payload from the fragments in which the MQTT client delivers it. */
#ifndef REASSEMBLY_H
#define REASSEMBLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest payload that is kept, in bytes. The longest valid command has 7. */
#define REASSEMBLY_MAX 64u

/* The payload received so far. Zeroed, it is idle. */
struct reassembly {
    uint8_t payload[REASSEMBLY_MAX];
    uint32_t received; /* bytes in `payload` */
    uint32_t total;    /* bytes of the complete payload */
    bool in_progress;  /* a payload has begun and is not complete yet */
};

/* The outcome of reassembly_append. */
enum reassembly_result {
    REASSEMBLY_PENDING,  /* more fragments follow, or none is expected and this one was ignored */
    REASSEMBLY_COMPLETE, /* `payload` holds `total` bytes */
    REASSEMBLY_FAILED    /* a fragment is missing or inconsistent; the rest of the payload will be ignored */
};

/**
 * Begins a payload and discards an unfinished one. Call it before the first fragment of each payload.
 *
 * @param reassembly  the state to update
 * @param total       bytes of the complete payload
 * @return false if the payload is longer than REASSEMBLY_MAX: its fragments will be ignored
 */
bool reassembly_begin(struct reassembly *reassembly, size_t total);

/**
 * Appends a fragment. May be called at any time; without a payload in progress the fragment is ignored.
 *
 * @param reassembly  the state to update
 * @param data        the bytes of the fragment; may be NULL if `length` is 0
 * @param length      bytes in `data`
 * @param offset      position of the fragment in the payload, in bytes
 * @param total       bytes of the complete payload, as passed to reassembly_begin
 * @return what became of the payload
 */
enum reassembly_result reassembly_append(struct reassembly *reassembly, const uint8_t *data, size_t length,
                                         size_t offset, size_t total);

/**
 * Discards an unfinished payload; its remaining fragments will be ignored. May be called at any time.
 *
 * @param reassembly  the state to update
 */
void reassembly_reset(struct reassembly *reassembly);

#endif
