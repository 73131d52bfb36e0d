/* Fragmented messages: payloads split at every position; fragments that are missing, repeated or too long. */
#include "check.h"
#include "fixture.h"

static struct fixture fixture;

static void send_fragment(const char *topic, const void *data, size_t length, size_t offset, size_t total)
{
    const struct device_fragment fragment = {topic, topic != NULL ? strlen(topic) : 0, data, length, offset, total,
                                             false};
    device_receive(&fixture.device, &fragment, fixture.now);
}

/* Sends `text` in fragments that end after each position whose bit is set in `cuts`. */
static void send_fragmented(const char *topic, const char *text, unsigned cuts)
{
    const size_t total = strlen(text);
    size_t from = 0;
    for (size_t at = 1; at <= total; at++) {
        if (at == total || (cuts >> (at - 1) & 1u) != 0) {
            send_fragment(from == 0 ? topic : NULL, text + from, at - from, from, total);
            from = at;
        }
    }
}

static void payload_split_at_any_position_is_reassembled(void)
{
    static const char *const ROWS[][3] = {
        {"esp32/abc/color/set", "#12AB9f", "#12AB9F"}, {"esp32/abc/mode/set", "breathe", "breathe"},
        {"esp32/abc/dim/set", "100", "100"},           {"esp32/abc/lamp/set", "OFF", "OFF"},
        {"esp32/abc/interval/set", "3599", "3599"},
    };
    fixture_init_connected(&fixture, 0);
    for (unsigned row = 0; row < 5; row++) {
        const unsigned splits = 1u << (strlen(ROWS[row][1]) - 1);
        for (unsigned cuts = 0; cuts < splits; cuts++) {
            fixture_clear_records(&fixture);
            send_fragmented(ROWS[row][0], ROWS[row][1], cuts);
            CHECK(fixture.message_count == 1);
            CHECK_TEXT(fixture.log[0].payload, ROWS[row][2]);
        }
    }
}

static void first_fragment_may_contain_only_the_topic(void)
{
    fixture_init_connected(&fixture, 0);
    send_fragment("esp32/abc/lamp/set", NULL, 0, 0, 2);
    send_fragment(NULL, "O", 1, 0, 2);
    send_fragment(NULL, NULL, 0, 1, 2);
    CHECK(fixture.message_count == 0);
    send_fragment(NULL, "N", 1, 1, 2);
    CHECK_TEXT(fixture_last_payload(&fixture, "lamp/state"), "ON");
}

static void payload_that_is_too_long_is_rejected_once(void)
{
    static char big[1024];
    memset(big, 'O', sizeof big);
    fixture_init_connected(&fixture, 0);
    for (size_t offset = 0; offset < 5120; offset += sizeof big) {
        send_fragment(offset == 0 ? "esp32/abc/lamp/set" : NULL, big, sizeof big, offset, 5120);
    }
    CHECK(fixture.message_count == 2);
    CHECK_TEXT(fixture_last_payload(&fixture, "error"), "esp32/abc/lamp/set: the payload is too long");
    CHECK_TEXT(fixture_last_payload(&fixture, "lamp/state"), "OFF");
    fixture_send_command(&fixture, "lamp/set", "ON");
    CHECK_TEXT(fixture_last_payload(&fixture, "lamp/state"), "ON");
    fixture_clear_records(&fixture);
    send_fragment("esp32/abc/dim/set", "5", 1, 0, SIZE_MAX);
    CHECK_TEXT(fixture_last_payload(&fixture, "error"), "esp32/abc/dim/set: the payload is too long");
}

static void fragments_of_rejected_and_foreign_messages_are_ignored(void)
{
    fixture_init_connected(&fixture, 0);
    const struct device_fragment retained = {"esp32/abc/lamp/set", 18, (const uint8_t *)"O", 1, 0, 2, true};
    device_receive(&fixture.device, &retained, 0);
    send_fragment(NULL, "N", 1, 1, 2);
    CHECK(!device_get_settings(&fixture.device).lamp);
    CHECK(fixture_count_messages(&fixture, "error") == 1);
    fixture_clear_records(&fixture);
    send_fragment("esp32/xyz/lamp/set", "O", 1, 0, 2);
    send_fragment(NULL, "N", 1, 1, 2);
    send_fragment(NULL, "ON", 2, 0, 2);
    CHECK(fixture.message_count == 0);
}

static void missing_fragment_is_reported(void)
{
    static const char expected[] = "esp32/abc/mode/set: the message arrived incomplete";
    fixture_init_connected(&fixture, 0);
    send_fragment("esp32/abc/mode/set", "bl", 2, 0, 5);
    send_fragment(NULL, "k", 1, 4, 5);
    CHECK_TEXT(fixture_last_payload(&fixture, "error"), expected);
    CHECK_TEXT(fixture_last_payload(&fixture, "mode/state"), "steady");
    fixture_clear_records(&fixture);
    send_fragment(NULL, "ink", 3, 2, 5);
    CHECK(fixture.message_count == 0);
    send_fragment("esp32/abc/mode/set", "bl", 2, 0, 5);
    send_fragment(NULL, "inky", 4, 2, 5);
    CHECK_TEXT(fixture_last_payload(&fixture, "error"), expected);
    fixture_clear_records(&fixture);
    send_fragment("esp32/abc/mode/set", "bl", 2, 0, 5);
    send_fragment(NULL, "ink", 3, 2, 6);
    CHECK_TEXT(fixture_last_payload(&fixture, "error"), expected);
    fixture_clear_records(&fixture);
    send_fragment("esp32/abc/mode/set", "ink", 3, 2, 5);
    CHECK_TEXT(fixture_last_payload(&fixture, "error"), expected);
    fixture_clear_records(&fixture);
    send_fragment("esp32/abc/mode/set", "blink", 5, 0, 2);
    CHECK_TEXT(fixture_last_payload(&fixture, "error"), expected);
}

static void new_message_discards_an_unfinished_one(void)
{
    fixture_init_connected(&fixture, 0);
    send_fragment("esp32/abc/mode/set", "bl", 2, 0, 5);
    send_fragment("esp32/abc/lamp/set", "ON", 2, 0, 2);
    CHECK_TEXT(fixture_last_payload(&fixture, "error"), "esp32/abc/mode/set: the message arrived incomplete");
    CHECK_TEXT(fixture_last_payload(&fixture, "lamp/state"), "ON");
    CHECK_TEXT(fixture_last_payload(&fixture, "mode/state"), "steady");
    fixture_clear_records(&fixture);
    send_fragment("esp32/abc/mode/set", "bl", 2, 0, 5);
    device_on_disconnected(&fixture.device, 0);
    device_on_connected(&fixture.device, NULL, 0);
    send_fragment(NULL, "ink", 3, 2, 5);
    CHECK_TEXT(fixture_last_payload(&fixture, "mode/state"), "steady");
}

int main(void)
{
    RUN(payload_split_at_any_position_is_reassembled);
    RUN(first_fragment_may_contain_only_the_topic);
    RUN(payload_that_is_too_long_is_rejected_once);
    RUN(fragments_of_rejected_and_foreign_messages_are_ignored);
    RUN(missing_fragment_is_reported);
    RUN(new_message_discards_an_unfinished_one);
    return check_end();
}
