/* Messages in pieces: every split of every payload, pieces that are missing, repeated or too long. */
#include "bench.h"
#include "check.h"

static struct bench bench;

static void piece(const char *topic, const void *data, size_t length, size_t offset, size_t total)
{
    const struct device_fragment piece = {topic, topic != NULL ? strlen(topic) : 0, data, length, offset, total, false};
    device_receive(&bench.device, &piece, bench.now);
}

/* Sends `text` cut after every bit set in `cuts`. */
static void send_cut(const char *topic, const char *text, unsigned cuts)
{
    const size_t total = strlen(text);
    size_t from = 0;
    for (size_t at = 1; at <= total; at++) {
        if (at == total || (cuts >> (at - 1) & 1u) != 0) {
            piece(from == 0 ? topic : NULL, text + from, at - from, from, total);
            from = at;
        }
    }
}

static void every_split_of_every_payload_is_obeyed(void)
{
    static const char *const ROWS[][3] = {
        {"esp32/abc/color/set", "#12AB9f", "#12AB9F"}, {"esp32/abc/mode/set", "breathe", "breathe"},
        {"esp32/abc/dim/set", "100", "100"},           {"esp32/abc/lamp/set", "OFF", "OFF"},
        {"esp32/abc/interval/set", "3599", "3599"},
    };
    bench_online(&bench, 0);
    for (unsigned row = 0; row < 5; row++) {
        const unsigned splits = 1u << (strlen(ROWS[row][1]) - 1);
        for (unsigned cuts = 0; cuts < splits; cuts++) {
            bench_forget(&bench);
            send_cut(ROWS[row][0], ROWS[row][1], cuts);
            CHECK(bench.published == 1);
            CHECK_TEXT(bench.log[0].payload, ROWS[row][2]);
        }
    }
}

static void a_first_piece_may_hold_only_the_topic(void)
{
    bench_online(&bench, 0);
    piece("esp32/abc/lamp/set", NULL, 0, 0, 2);
    piece(NULL, "O", 1, 0, 2);
    piece(NULL, NULL, 0, 1, 2);
    CHECK(bench.published == 0);
    piece(NULL, "N", 1, 1, 2);
    CHECK_TEXT(bench_said(&bench, "lamp/state"), "ON");
}

static void a_long_payload_is_refused_once_without_being_kept(void)
{
    static char big[1024];
    memset(big, 'O', sizeof big);
    bench_online(&bench, 0);
    for (size_t offset = 0; offset < 5120; offset += sizeof big) {
        piece(offset == 0 ? "esp32/abc/lamp/set" : NULL, big, sizeof big, offset, 5120);
    }
    CHECK(bench.published == 2);
    CHECK_TEXT(bench_said(&bench, "error"), "esp32/abc/lamp/set: the payload is too long");
    CHECK_TEXT(bench_said(&bench, "lamp/state"), "OFF");
    bench_send(&bench, "lamp/set", "ON");
    CHECK_TEXT(bench_said(&bench, "lamp/state"), "ON");
    bench_forget(&bench);
    piece("esp32/abc/dim/set", "5", 1, 0, SIZE_MAX);
    CHECK_TEXT(bench_said(&bench, "error"), "esp32/abc/dim/set: the payload is too long");
}

static void the_rest_of_a_retained_or_foreign_message_is_skipped(void)
{
    bench_online(&bench, 0);
    const struct device_fragment retained = {"esp32/abc/lamp/set", 18, (const uint8_t *)"O", 1, 0, 2, true};
    device_receive(&bench.device, &retained, 0);
    piece(NULL, "N", 1, 1, 2);
    CHECK(!device_get_settings(&bench.device).lamp);
    CHECK(bench_count(&bench, "error") == 1);
    bench_forget(&bench);
    piece("esp32/xyz/lamp/set", "O", 1, 0, 2);
    piece(NULL, "N", 1, 1, 2);
    piece(NULL, "ON", 2, 0, 2);
    CHECK(bench.published == 0);
}

static void a_missing_piece_is_told(void)
{
    static const char wanted[] = "esp32/abc/mode/set: the message arrived incomplete";
    bench_online(&bench, 0);
    piece("esp32/abc/mode/set", "bl", 2, 0, 5);
    piece(NULL, "k", 1, 4, 5);
    CHECK_TEXT(bench_said(&bench, "error"), wanted);
    CHECK_TEXT(bench_said(&bench, "mode/state"), "steady");
    bench_forget(&bench);
    piece(NULL, "ink", 3, 2, 5);
    CHECK(bench.published == 0);
    piece("esp32/abc/mode/set", "bl", 2, 0, 5);
    piece(NULL, "inky", 4, 2, 5);
    CHECK_TEXT(bench_said(&bench, "error"), wanted);
    bench_forget(&bench);
    piece("esp32/abc/mode/set", "bl", 2, 0, 5);
    piece(NULL, "ink", 3, 2, 6);
    CHECK_TEXT(bench_said(&bench, "error"), wanted);
    bench_forget(&bench);
    piece("esp32/abc/mode/set", "ink", 3, 2, 5);
    CHECK_TEXT(bench_said(&bench, "error"), wanted);
    bench_forget(&bench);
    piece("esp32/abc/mode/set", "blink", 5, 0, 2);
    CHECK_TEXT(bench_said(&bench, "error"), wanted);
}

static void a_new_message_ends_an_unfinished_one(void)
{
    bench_online(&bench, 0);
    piece("esp32/abc/mode/set", "bl", 2, 0, 5);
    piece("esp32/abc/lamp/set", "ON", 2, 0, 2);
    CHECK_TEXT(bench_said(&bench, "error"), "esp32/abc/mode/set: the message arrived incomplete");
    CHECK_TEXT(bench_said(&bench, "lamp/state"), "ON");
    CHECK_TEXT(bench_said(&bench, "mode/state"), "steady");
    bench_forget(&bench);
    piece("esp32/abc/mode/set", "bl", 2, 0, 5);
    device_on_disconnected(&bench.device, 0);
    device_on_connected(&bench.device, NULL, 0);
    piece(NULL, "ink", 3, 2, 5);
    CHECK_TEXT(bench_said(&bench, "mode/state"), "steady");
}

int main(void)
{
    RUN(every_split_of_every_payload_is_obeyed);
    RUN(a_first_piece_may_hold_only_the_topic);
    RUN(a_long_payload_is_refused_once_without_being_kept);
    RUN(the_rest_of_a_retained_or_foreign_message_is_skipped);
    RUN(a_missing_piece_is_told);
    RUN(a_new_message_ends_an_unfinished_one);
    return check_end();
}
