/* The libFuzzer target. */
#include "fuzz_driver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    static struct fixture fixture;
    fuzz_driver_init(&fixture);
    (void)fuzz_driver_run(&fixture, data, length);
    return 0;
}
