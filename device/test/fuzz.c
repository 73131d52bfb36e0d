/* The libFuzzer target: arbitrary bytes as calls to a device. */
#include "chaos.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    static struct bench bench;
    chaos_start(&bench);
    (void)chaos_run(&bench, data, length);
    return 0;
}
