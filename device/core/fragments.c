/* Reassembly of payloads. */
#include "fragments.h"

#include <string.h>

void fragments_reset(struct fragments *fragments)
{
    fragments->have = 0;
    fragments->total = 0;
    fragments->open = false;
}

bool fragments_begin(struct fragments *fragments, size_t total)
{
    fragments_reset(fragments);
    if (total > FRAGMENTS_MAX) {
        return false;
    }
    fragments->total = (uint32_t)total;
    fragments->open = true;
    return true;
}

enum fragments_result fragments_add(struct fragments *fragments, const uint8_t *data, size_t length, size_t offset,
                                    size_t total)
{
    if (!fragments->open) {
        return FRAGMENTS_MORE;
    }
    if (offset != fragments->have || total != fragments->total || length > fragments->total - fragments->have) {
        fragments_reset(fragments);
        return FRAGMENTS_BROKEN;
    }
    if (length > 0) {
        memcpy(fragments->payload + fragments->have, data, length);
        fragments->have += (uint32_t)length;
    }
    if (fragments->have < fragments->total) {
        return FRAGMENTS_MORE;
    }
    fragments->open = false;
    return FRAGMENTS_WHOLE;
}
