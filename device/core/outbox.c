/* Publishing of what is owed. */
#include "outbox.h"

#include <string.h>

#include "report.h"

#define QOS 1

static bool publish(struct device *device, const char *topic, const struct writer *text, int qos, bool retain)
{
    return !text->full &&
           device->port.publish(device->port.context, topic, text->start, text->length, qos, retain);
}

/* Publishes on <base>/<suffix>. */
static bool tell(struct device *device, const char *suffix, const struct writer *text, int qos, bool retain)
{
    char topic[TOPIC_MAX + 1];
    return device_topic(device, suffix, topic, sizeof topic) && publish(device, topic, text, qos, retain);
}

static struct writer scratch(struct device *device)
{
    return writer_begin(device->scratch, sizeof device->scratch);
}

static bool send_subscribe(struct device *device)
{
    char filter[TOPIC_MAX + 1];
    return device_topic(device, "+/set", filter, sizeof filter) &&
           device->port.subscribe(device->port.context, filter, QOS);
}

static bool send_status(struct device *device, const char *status)
{
    struct writer text = scratch(device);
    writer_text(&text, status);
    return tell(device, "status", &text, QOS, true);
}

static bool send_info(struct device *device)
{
    struct writer text = scratch(device);
    report_info(device, &text);
    return tell(device, "info", &text, QOS, true);
}

static bool send_state(struct device *device, unsigned thing)
{
    char suffix[TOPIC_NAME_MAX + 1];
    struct writer name = writer_begin(suffix, sizeof suffix);
    writer_text(&name, topic_thing_name(thing));
    writer_text(&name, "/state");
    struct writer text = scratch(device);
    payload_write(thing, &device->settings, &text);
    return tell(device, suffix, &text, QOS, true);
}

/* Writes the topic that was refused: "<base>/dim/set"; and for what is no command "<base>/button" and the like. */
static void write_source(const struct device *device, unsigned source, struct writer *text)
{
    writer_text(text, device->base);
    writer_text(text, "/");
    switch (source) {
    case TOPIC_BUTTON:
        writer_text(text, "button");
        break;
    case TOPIC_SETTINGS:
        writer_text(text, "settings");
        break;
    case TOPIC_QUEUE:
        writer_text(text, "+/set");
        break;
    default:
        writer_text(text, source < THING_COUNT ? topic_thing_name(source) : device->unknown);
        writer_text(text, "/set");
        break;
    }
}

static bool send_error(struct device *device, unsigned source)
{
    struct device_refusal *refusal = &device->refusals[source];
    struct writer text = scratch(device);
    write_source(device, source, &text);
    writer_text(&text, ": ");
    writer_text(&text, payload_reason(refusal->reason));
    if (refusal->count > 1) {
        writer_text(&text, " (last of ");
        writer_number(&text, refusal->count);
        writer_text(&text, ")");
    }
    if (!tell(device, "error", &text, QOS, false)) {
        return false;
    }
    *refusal = (struct device_refusal){0};
    return true;
}

static bool send_errors(struct device *device)
{
    for (unsigned source = 0; source < TOPIC_SOURCES; source++) {
        if (device->refusals[source].count > 0 && !send_error(device, source)) {
            return false;
        }
    }
    return true;
}

static bool send_presses(struct device *device)
{
    while (device->press_count > 0) {
        struct writer text = scratch(device);
        writer_text(&text, device->presses[0] == PRESS_LONG ? "long" : "short");
        if (!tell(device, "button", &text, QOS, false)) {
            return false;
        }
        device->press_count--;
        memmove(device->presses, device->presses + 1, device->press_count);
    }
    return true;
}

static bool send_telemetry(struct device *device)
{
    struct device_readings readings;
    memset(&readings, 0, sizeof readings);
    device->port.read(device->port.context, &readings);
    struct writer text = scratch(device);
    report_telemetry(&readings, device->uptime_s, &text);
    return tell(device, "telemetry", &text, 0, false);
}

static bool send_discovery(struct device *device)
{
    char topic[TOPIC_MAX + 1];
    struct writer name = writer_begin(topic, sizeof topic);
    writer_text(&name, "homeassistant/device/");
    writer_text(&name, device->id);
    writer_text(&name, "/config");
    struct writer text = scratch(device);
    report_discovery(device, &text);
    return publish(device, topic, &text, QOS, true);
}

static bool send_item(struct device *device, unsigned item)
{
    switch (item) {
    case OUTBOX_SUBSCRIBE:
        return send_subscribe(device);
    case OUTBOX_STATUS:
        return send_status(device, "online");
    case OUTBOX_INFO:
        return send_info(device);
    case OUTBOX_ERRORS:
        return send_errors(device);
    case OUTBOX_BUTTON:
        return send_presses(device);
    case OUTBOX_TELEMETRY:
        return send_telemetry(device);
    case OUTBOX_DISCOVERY:
        return send_discovery(device);
    default:
        return send_state(device, item - OUTBOX_STATES);
    }
}

void outbox_send(struct device *device)
{
    device->retrying = false;
    for (unsigned item = 0; item < OUTBOX_ITEMS && device->connected; item++) {
        if ((device->pending >> item & 1u) == 0) {
            continue;
        }
        if (!send_item(device, item)) {
            device->retrying = true;
            device->retry_at = device->now + DEVICE_RETRY_MS;
            return;
        }
        device->pending &= ~(1u << item);
    }
}

bool outbox_offline(struct device *device)
{
    return send_status(device, "offline");
}

void outbox_add(struct device *device, unsigned item)
{
    device->pending |= 1u << item;
}

void outbox_announce(struct device *device)
{
    device->pending = (1u << OUTBOX_ITEMS) - 1u;
}

void outbox_refuse(struct device *device, unsigned source, enum reason reason)
{
    struct device_refusal *refusal = &device->refusals[source];
    refusal->reason = (uint8_t)reason;
    if (refusal->count < UINT16_MAX) {
        refusal->count++;
    }
    outbox_add(device, OUTBOX_ERRORS);
    if (source < THING_COUNT) {
        outbox_add(device, OUTBOX_STATES + source);
    }
}

void outbox_press(struct device *device, enum press press)
{
    if (!device->connected) {
        return;
    }
    if (device->press_count == DEVICE_PRESSES_MAX) {
        outbox_refuse(device, TOPIC_BUTTON, REASON_PRESSES_LOST);
        return;
    }
    device->presses[device->press_count++] = (uint8_t)press;
    outbox_add(device, OUTBOX_BUTTON);
}
