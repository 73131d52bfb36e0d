/* One million random messages, mixed with all other inputs of a device. */
#include <stdlib.h>

#include "check.h"
#include "fuzz_driver.h"

static struct fixture fixture;
static uint64_t seed = 0x9E3779B97F4A7C15u;

/* A xorshift generator with a fixed seed, so that every run is the same. */
static uint8_t random_byte(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint8_t)(seed >> 32);
}

static void device_survives_one_million_random_messages(void)
{
    unsigned messages = 0;
    fuzz_driver_init(&fixture);
    while (messages < 1000000) {
        uint8_t data[512];
        for (size_t i = 0; i < sizeof data; i++) {
            data[i] = random_byte();
        }
        messages += fuzz_driver_run(&fixture, data, sizeof data);
    }
    fixture.queue_space = UINT32_MAX;
    fixture.save_fails = false;
    device_on_connected(&fixture.device, NULL, fixture.now);
    fixture_clear_records(&fixture);
    fixture_send_command(&fixture, "lamp/set", "ON");
    CHECK_TEXT(fixture_last_payload(&fixture, "lamp/state"), "ON");
    CHECK(messages >= 1000000);
    printf("     %u messages\n", messages);
}

int main(void)
{
    RUN(device_survives_one_million_random_messages);
    return check_end();
}
