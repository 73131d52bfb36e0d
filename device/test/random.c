/* One million random messages, mixed with everything else that can happen to a device. */
#include <stdlib.h>

#include "chaos.h"
#include "check.h"

static struct bench bench;
static uint64_t seed = 0x9E3779B97F4A7C15u;

static uint8_t any_byte(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint8_t)(seed >> 32);
}

static void a_million_random_messages_break_nothing(void)
{
    unsigned messages = 0;
    chaos_start(&bench);
    while (messages < 1000000) {
        uint8_t data[512];
        for (size_t i = 0; i < sizeof data; i++) {
            data[i] = any_byte();
        }
        messages += chaos_run(&bench, data, sizeof data);
    }
    bench.room = UINT32_MAX;
    bench.save_fails = false;
    device_on_connected(&bench.device, NULL, bench.now);
    bench_forget(&bench);
    bench_send(&bench, "lamp/set", "ON");
    CHECK_TEXT(bench_said(&bench, "lamp/state"), "ON");
    CHECK(messages >= 1000000);
    printf("     %u messages\n", messages);
}

int main(void)
{
    RUN(a_million_random_messages_break_nothing);
    return check_end();
}
