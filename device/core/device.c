/* The state of the device over time: connection, telemetry, lamp, button and saving.
 * command.c executes commands, outbox.c publishes. */
#include "device.h"

#include <stdalign.h>
#include <string.h>

#include "command.h"
#include "outbox.h"
#include "time_ms.h"
#include "writer.h"

_Static_assert(sizeof(struct device) < 4096, "struct device must stay below 4 KB of RAM");

static const char BASE_PREFIX[] = "esp32/";

size_t device_size(void)
{
    return sizeof(struct device);
}

size_t device_alignment(void)
{
    return alignof(struct device);
}

struct settings device_get_settings(const struct device *device)
{
    return device->settings;
}

bool device_format_topic(const struct device *device, const char *suffix, char *out, size_t size)
{
    return topic_format(device->base, suffix, out, size);
}

/* Passes the current light to the platform. */
static void show_light(struct device *device)
{
    device->light = lamp_light_at(&device->settings, device->phase_ms);
    device->port.set_light(device->port.context, &device->light);
}

bool device_init(struct device *device, const struct device_port *port, const struct device_identity *identity,
                 const struct settings *stored, uint32_t now)
{
    memset(device, 0, sizeof *device);
    if (!topic_id_is_valid(identity->id)) {
        return false;
    }
    device->port = *port;
    text_copy(device->id, sizeof device->id, identity->id);
    text_copy(device->chip, sizeof device->chip, identity->chip);
    text_copy(device->sdk, sizeof device->sdk, identity->sdk);
    text_copy(device->mac, sizeof device->mac, identity->mac);
    text_copy(device->reset_reason, sizeof device->reset_reason, identity->reset_reason);
    struct writer base = writer_init(device->base, sizeof device->base);
    writer_text(&base, BASE_PREFIX);
    writer_text(&base, device->id);
    device->settings = stored != NULL ? settings_sanitize(*stored) : settings_default();
    device->saved_settings = device->settings;
    device->now = now;
    device->next_save_at = now;
    show_light(device);
    return true;
}

/* Advances clock, uptime and animation to `now`, unless the clock has gone back. */
static void advance_clock(struct device *device, uint32_t now)
{
    const uint32_t elapsed = now - device->now;
    if (elapsed > INT32_MAX) {
        return;
    }
    device->now = now;
    const uint32_t ms = device->uptime_ms + elapsed;
    device->uptime_s += ms / 1000;
    device->uptime_ms = ms % 1000;
    device->phase_ms = lamp_advance_phase(&device->settings, device->phase_ms, elapsed);
}

/* Returns the telemetry interval in milliseconds. */
static uint32_t interval_ms(const struct device *device)
{
    return device->settings.interval_s * 1000u;
}

/* Returns when the next telemetry is due. */
static uint32_t next_telemetry_at(const struct device *device)
{
    return device->telemetry_at + interval_ms(device);
}

/* Updates the light if the animation has changed it. */
static void update_lamp(struct device *device)
{
    const struct light light = lamp_light_at(&device->settings, device->phase_ms);
    if (!light_equal(&light, &device->light)) {
        show_light(device);
    }
}

/* Samples the button and enqueues a press that is complete. */
static void update_button(struct device *device)
{
    const enum press press = button_update(&device->button, device->button_level, device->now);
    if (press != PRESS_NONE) {
        outbox_enqueue_press(device, press);
    }
}

/* Enqueues the telemetry if it is due. After a late call the missed ones are skipped. */
static void update_telemetry(struct device *device)
{
    if (!device->connected || ms_until(next_telemetry_at(device), device->now) > 0) {
        return;
    }
    device->telemetry_at = next_telemetry_at(device);
    if (ms_until(next_telemetry_at(device), device->now) == 0) {
        device->telemetry_at = device->now;
    }
    outbox_enqueue(device, OUTBOX_TELEMETRY);
}

/* Publishes pending items, unless an attempt has just failed. */
static void flush_outbox(struct device *device)
{
    if (!device->retrying || ms_until(device->retry_at, device->now) == 0) {
        outbox_flush(device);
    }
}

/* Saves changed settings, at most once in DEVICE_SAVE_INTERVAL_MS. Reports a failure once, until a save succeeds. */
static void save_settings(struct device *device)
{
    if (device->save_delayed && ms_until(device->next_save_at, device->now) == 0) {
        device->save_delayed = false;
    }
    if (device->save_delayed || settings_equal(&device->settings, &device->saved_settings)) {
        return;
    }
    device->save_delayed = true;
    device->next_save_at = device->now + DEVICE_SAVE_INTERVAL_MS;
    if (device->port.save_settings(device->port.context, &device->settings)) {
        device->saved_settings = device->settings;
        device->save_failed = false;
    } else if (!device->save_failed) {
        device->save_failed = true;
        outbox_enqueue_error(device, ERROR_SOURCE_SETTINGS, ERROR_SAVE_FAILED);
        outbox_flush(device);
    }
}

void device_tick(struct device *device, uint32_t now)
{
    advance_clock(device, now);
    update_lamp(device);
    update_button(device);
    update_telemetry(device);
    flush_outbox(device);
    save_settings(device);
}

void device_on_connected(struct device *device, const char *ip, uint32_t now)
{
    advance_clock(device, now);
    text_copy(device->ip, sizeof device->ip, ip);
    reassembly_reset(&device->reassembly);
    device->connected = true;
    device->retrying = false;
    device->telemetry_at = device->now;
    outbox_enqueue_all(device);
    device_tick(device, now);
}

void device_on_disconnected(struct device *device, uint32_t now)
{
    device->connected = false;
    device_tick(device, now);
}

bool device_go_offline(struct device *device, uint32_t now)
{
    device_tick(device, now);
    if (!device->connected || !outbox_publish_offline(device)) {
        return false;
    }
    device->connected = false;
    return true;
}

void device_receive(struct device *device, const struct device_fragment *fragment, uint32_t now)
{
    advance_clock(device, now);
    command_receive(device, fragment);
    device->retrying = false;
    device_tick(device, now);
}

void device_report_lost_commands(struct device *device, uint32_t now)
{
    for (unsigned property = 0; property < PROPERTY_COUNT; property++) {
        outbox_enqueue(device, OUTBOX_FIRST_STATE + property);
    }
    outbox_enqueue_error(device, ERROR_SOURCE_COMMANDS, ERROR_COMMANDS_LOST);
    device_tick(device, now);
}

void device_set_button(struct device *device, bool pressed, uint32_t now)
{
    device->button_level = pressed;
    device_tick(device, now);
}

uint32_t device_ms_until_tick(const struct device *device, uint32_t now)
{
    uint32_t wait = DEVICE_MAX_SLEEP_MS;
    wait = ms_min(wait, lamp_ms_until_change(&device->settings, device->phase_ms));
    wait = ms_min(wait, button_ms_until_update(&device->button, device->now));
    if (!settings_equal(&device->settings, &device->saved_settings)) {
        wait = ms_min(wait, ms_until(device->next_save_at, device->now));
    }
    if (device->connected) {
        wait = ms_min(wait, ms_until(next_telemetry_at(device), device->now));
    }
    if (device->connected && device->retrying) {
        wait = ms_min(wait, ms_until(device->retry_at, device->now));
    }
    const uint32_t elapsed = now - device->now;
    if (elapsed > INT32_MAX) {
        return wait;
    }
    return wait > elapsed ? wait - elapsed : 0;
}
