/* Reassembly of fragmented payloads. */
#include "reassembly.h"

#include <string.h>

void reassembly_reset(struct reassembly *reassembly)
{
    reassembly->received = 0;
    reassembly->total = 0;
    reassembly->in_progress = false;
}

bool reassembly_begin(struct reassembly *reassembly, size_t total)
{
    reassembly_reset(reassembly);
    if (total > REASSEMBLY_MAX) {
        return false;
    }
    reassembly->total = (uint32_t)total;
    reassembly->in_progress = true;
    return true;
}

enum reassembly_result reassembly_append(struct reassembly *reassembly, const uint8_t *data, size_t length,
                                         size_t offset, size_t total)
{
    if (!reassembly->in_progress) {
        return REASSEMBLY_PENDING;
    }
    if (offset != reassembly->received || total != reassembly->total ||
        length > reassembly->total - reassembly->received) {
        reassembly_reset(reassembly);
        return REASSEMBLY_FAILED;
    }
    if (length > 0) {
        memcpy(reassembly->payload + reassembly->received, data, length);
        reassembly->received += (uint32_t)length;
    }
    if (reassembly->received < reassembly->total) {
        return REASSEMBLY_PENDING;
    }
    reassembly->in_progress = false;
    return REASSEMBLY_COMPLETE;
}
