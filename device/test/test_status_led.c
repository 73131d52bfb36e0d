/* The blink codes of the status LED. */
#include "check.h"
#include "status_led.h"

/* Returns how often the LED blinks in one sequence. */
static unsigned count_blinks(enum status_code status)
{
    unsigned blinks = 0;
    bool was_on = false;
    const uint32_t sequence = (uint32_t)status * 500 + 1500;
    for (uint32_t at = 0; at < sequence; at += status_led_ms_until_change(status, at)) {
        const bool on = status_led_is_on(status, at);
        CHECK(status_led_ms_until_change(status, at) > 0);
        blinks += on && !was_on;
        was_on = on;
    }
    CHECK(!was_on);
    return blinks;
}

static void status_led_blinks_as_often_as_the_status_code(void)
{
    for (enum status_code status = STATUS_NO_WIFI; status <= STATUS_NOT_CONFIGURED; status++) {
        CHECK(count_blinks(status) == (unsigned)status);
    }
}

static void status_led_is_always_on_while_online(void)
{
    CHECK(status_led_is_on(STATUS_ONLINE, 0) && status_led_is_on(STATUS_ONLINE, 12345));
    CHECK(status_led_ms_until_change(STATUS_ONLINE, 5) == UINT32_MAX);
}

int main(void)
{
    RUN(status_led_blinks_as_often_as_the_status_code);
    RUN(status_led_is_always_on_while_online);
    return check_end();
}
