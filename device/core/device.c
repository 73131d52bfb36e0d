/* The device: obeys commands, keeps time, decides what is due. What is due is published by outbox.c. */
#include "device.h"

#include <stdalign.h>
#include <string.h>

#include "outbox.h"
#include "payload.h"

_Static_assert(sizeof(struct device) < 4096, "the core's static memory stays under 4 KB");

static const char BASE[] = "esp32/";

size_t device_size(void)
{
    return sizeof(struct device);
}

size_t device_align(void)
{
    return alignof(struct device);
}

struct settings device_settings(const struct device *device)
{
    return device->settings;
}

bool device_topic(const struct device *device, const char *suffix, char *out, size_t size)
{
    struct writer topic = writer_begin(out, size);
    writer_text(&topic, device->base);
    writer_text(&topic, "/");
    writer_text(&topic, suffix);
    return !topic.full;
}

static void copy(char *out, size_t size, const char *text)
{
    size_t length = text != NULL ? strlen(text) : 0;
    if (length >= size) {
        length = size - 1;
    }
    if (length > 0) {
        memcpy(out, text, length);
    }
    out[length] = '\0';
}

static void show(struct device *device)
{
    device->light = lamp_light(&device->settings, device->phase_ms);
    device->port.light(device->port.context, &device->light);
}

bool device_init(struct device *device, const struct device_port *port, const struct device_identity *identity,
                 const struct settings *stored, uint32_t now)
{
    memset(device, 0, sizeof *device);
    if (!topic_id_valid(identity->id)) {
        return false;
    }
    device->port = *port;
    copy(device->id, sizeof device->id, identity->id);
    copy(device->chip, sizeof device->chip, identity->chip);
    copy(device->sdk, sizeof device->sdk, identity->sdk);
    copy(device->mac, sizeof device->mac, identity->mac);
    copy(device->reset_reason, sizeof device->reset_reason, identity->reset_reason);
    struct writer base = writer_begin(device->base, sizeof device->base);
    writer_text(&base, BASE);
    writer_text(&base, device->id);
    device->settings = stored != NULL ? settings_checked(*stored) : settings_default();
    device->saved = device->settings;
    device->now = now;
    device->save_at = now;
    show(device);
    return true;
}

/* Counts the time that has passed. A time before the last one counts as the same moment. */
static void advance(struct device *device, uint32_t now)
{
    const uint32_t elapsed = now - device->now;
    if (elapsed > INT32_MAX) {
        return;
    }
    device->now = now;
    const uint32_t ms = device->uptime_ms + elapsed;
    device->uptime_s += ms / 1000;
    device->uptime_ms = ms % 1000;
    device->phase_ms = lamp_advance(&device->settings, device->phase_ms, elapsed);
}

/* Milliseconds from now until `at`; 0 when it has passed. */
static uint32_t until(const struct device *device, uint32_t at)
{
    const uint32_t left = at - device->now;
    return left > INT32_MAX ? 0 : left;
}

static uint32_t interval_ms(const struct device *device)
{
    return device->settings.interval_s * 1000u;
}

static void watch_button(struct device *device)
{
    const enum press press = button_update(&device->button, device->button_raw, device->now);
    if (press != PRESS_NONE) {
        outbox_press(device, press);
    }
}

static void watch_telemetry(struct device *device)
{
    if (!device->connected || until(device, device->telemetry_at + interval_ms(device)) > 0) {
        return;
    }
    device->telemetry_at += interval_ms(device);
    if (until(device, device->telemetry_at + interval_ms(device)) == 0) {
        device->telemetry_at = device->now;
    }
    outbox_add(device, OUTBOX_TELEMETRY);
}

static void watch_lamp(struct device *device)
{
    const struct light light = lamp_light(&device->settings, device->phase_ms);
    if (!lamp_same(&light, &device->light)) {
        show(device);
    }
}

/* Stores the settings, at most once in DEVICE_SAVE_MS. */
static void watch_settings(struct device *device)
{
    if (device->save_held && until(device, device->save_at) == 0) {
        device->save_held = false;
    }
    if (device->save_held || settings_equal(&device->settings, &device->saved)) {
        return;
    }
    device->save_held = true;
    device->save_at = device->now + DEVICE_SAVE_MS;
    if (device->port.save(device->port.context, &device->settings)) {
        device->saved = device->settings;
        device->save_failed = false;
    } else if (!device->save_failed) {
        device->save_failed = true;
        outbox_refuse(device, TOPIC_SETTINGS, REASON_NOT_SAVED);
        outbox_send(device);
    }
}

/* Sends what is owed, unless the outbox has just been full. */
static void flush(struct device *device)
{
    if (!device->retrying || until(device, device->retry_at) == 0) {
        outbox_send(device);
    }
}

void device_tick(struct device *device, uint32_t now)
{
    advance(device, now);
    watch_lamp(device);
    watch_button(device);
    watch_telemetry(device);
    flush(device);
    watch_settings(device);
}

void device_connected(struct device *device, const char *ip, uint32_t now)
{
    advance(device, now);
    copy(device->ip, sizeof device->ip, ip);
    fragments_reset(&device->fragments);
    device->connected = true;
    device->retrying = false;
    device->telemetry_at = device->now;
    outbox_announce(device);
    device_tick(device, now);
}

void device_disconnected(struct device *device, uint32_t now)
{
    device->connected = false;
    device_tick(device, now);
}

bool device_leave(struct device *device, uint32_t now)
{
    device_tick(device, now);
    if (!device->connected || !outbox_offline(device)) {
        return false;
    }
    device->connected = false;
    return true;
}

static void refuse(struct device *device, enum reason reason)
{
    if (device->incoming.thing == TOPIC_UNKNOWN) {
        copy(device->unknown, sizeof device->unknown, device->incoming.name);
    }
    outbox_refuse(device, device->incoming.thing, reason);
}

static void obey(struct device *device)
{
    const struct settings before = device->settings;
    const enum reason reason = payload_read(device->incoming.thing, device->fragments.payload,
                                            device->fragments.total, &device->settings);
    if (reason != REASON_NONE) {
        refuse(device, reason);
        return;
    }
    if (before.lamp != device->settings.lamp || before.mode != device->settings.mode) {
        device->phase_ms = 0;
    }
    outbox_add(device, OUTBOX_STATES + device->incoming.thing);
}

/* Begins a message. False when its payload is of no interest. */
static bool begin(struct device *device, const struct device_piece *piece)
{
    if (device->fragments.open) {
        refuse(device, REASON_BROKEN);
        fragments_reset(&device->fragments);
    }
    if (!topic_read(device->base, piece->topic, piece->topic_length, &device->incoming)) {
        return false;
    }
    if (piece->retained) {
        refuse(device, REASON_RETAINED);
        return false;
    }
    if (!fragments_begin(&device->fragments, piece->total)) {
        refuse(device, REASON_TOO_LONG);
        return false;
    }
    return true;
}

void device_receive(struct device *device, const struct device_piece *piece, uint32_t now)
{
    advance(device, now);
    if (piece->topic_length == 0 || begin(device, piece)) {
        switch (fragments_add(&device->fragments, piece->data, piece->length, piece->offset, piece->total)) {
        case FRAGMENTS_WHOLE:
            obey(device);
            break;
        case FRAGMENTS_BROKEN:
            refuse(device, REASON_BROKEN);
            break;
        case FRAGMENTS_MORE:
            break;
        }
    }
    device->retrying = false;
    device_tick(device, now);
}

void device_overrun(struct device *device, uint32_t now)
{
    for (unsigned thing = 0; thing < THING_COUNT; thing++) {
        outbox_add(device, OUTBOX_STATES + thing);
    }
    outbox_refuse(device, TOPIC_QUEUE, REASON_OVERRUN);
    device_tick(device, now);
}

void device_button(struct device *device, bool down, uint32_t now)
{
    device->button_raw = down;
    device_tick(device, now);
}

static uint32_t sooner(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint32_t device_next_deadline(const struct device *device, uint32_t now)
{
    uint32_t wait = DEVICE_IDLE_MS;
    wait = sooner(wait, lamp_next(&device->settings, device->phase_ms));
    wait = sooner(wait, button_next(&device->button, device->now));
    if (!settings_equal(&device->settings, &device->saved)) {
        wait = sooner(wait, until(device, device->save_at));
    }
    if (device->connected) {
        wait = sooner(wait, until(device, device->telemetry_at + interval_ms(device)));
    }
    if (device->connected && device->retrying) {
        wait = sooner(wait, until(device, device->retry_at));
    }
    const uint32_t passed = now - device->now;
    if (passed > INT32_MAX) {
        return wait;
    }
    return wait > passed ? wait - passed : 0;
}
