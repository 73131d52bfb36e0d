/* The light of the lamp over time. */
#include "check.h"
#include "fixture.h"

static struct fixture fixture;

static void lamp_animates_steady_blink_and_breathe(void)
{
    fixture_init_connected(&fixture, 0);
    fixture_send_command(&fixture, "interval/set", "3600");
    fixture_send_command(&fixture, "dim/set", "50");
    fixture_send_command(&fixture, "color/set", "#0A0B0C");
    fixture_send_command(&fixture, "lamp/set", "ON");
    CHECK(fixture.light.level == 500 && fixture.light.green == 0x0B);
    fixture_advance(&fixture, 10000);
    fixture_clear_records(&fixture);
    CHECK(fixture_advance(&fixture, 60000) == 0);
    fixture_send_command(&fixture, "mode/set", "blink");
    CHECK(fixture.light.level == 500);
    fixture_advance(&fixture, 499);
    CHECK(fixture.light.level == 500);
    fixture_advance(&fixture, 1);
    CHECK(fixture.light.level == 0);
    fixture_advance(&fixture, 500);
    CHECK(fixture.light.level == 500);
    fixture_send_command(&fixture, "mode/set", "breathe");
    CHECK(fixture.light.level == 0);
    fixture_advance(&fixture, 2000);
    CHECK(fixture.light.level == 500);
    fixture_clear_records(&fixture);
    fixture_advance(&fixture, 4000);
    CHECK(fixture.light.level == 500);
    CHECK(fixture.light_count > 150 && fixture.light_count <= 200);
    fixture_send_command(&fixture, "lamp/set", "OFF");
    CHECK(fixture.light.level == 0);
    fixture_advance(&fixture, 5000);
    CHECK(fixture_advance(&fixture, 10000) == 0);
}

int main(void)
{
    RUN(lamp_animates_steady_blink_and_breathe);
    return check_end();
}
