/* Publishing of the pending items. */
#include "outbox.h"

#include <string.h>

#include "payload.h"
#include "report.h"
#include "writer.h"

#define QOS 1

/* Publishes a payload, unless it did not fit into its buffer. Returns false if the MQTT client does not accept it. */
static bool publish(struct device *device, const char *topic, const struct writer *text, int qos, bool retain)
{
    return !text->overflow &&
           device->port.publish(device->port.context, topic, text->buffer, text->length, qos, retain);
}

/* Publishes a payload on "<base>/<suffix>". */
static bool publish_below_base(struct device *device, const char *suffix, const struct writer *text, int qos,
                               bool retain)
{
    char topic[TOPIC_MAX + 1];
    return topic_format(device->base, suffix, topic, sizeof topic) && publish(device, topic, text, qos, retain);
}

/* Returns an empty text in the payload buffer, which discards the previous payload. */
static struct writer begin_payload(struct device *device)
{
    return writer_init(device->scratch, sizeof device->scratch);
}

/* Subscribes to all command topics. Returns false if the MQTT client does not accept it. */
static bool subscribe_to_commands(struct device *device)
{
    char filter[TOPIC_MAX + 1];
    return topic_format(device->base, "+/set", filter, sizeof filter) &&
           device->port.subscribe(device->port.context, filter, QOS);
}

/* Publishes "online" or "offline". Like all functions that follow, returns false if the message is not accepted. */
static bool publish_status(struct device *device, const char *status)
{
    struct writer text = begin_payload(device);
    writer_text(&text, status);
    return publish_below_base(device, "status", &text, QOS, true);
}

/* Publishes the info document. */
static bool publish_info(struct device *device)
{
    struct writer text = begin_payload(device);
    report_format_info(device, &text);
    return publish_below_base(device, "info", &text, QOS, true);
}

/* Publishes the state of a property. */
static bool publish_state(struct device *device, unsigned property)
{
    char suffix[TOPIC_NAME_MAX + 1];
    struct writer name = writer_init(suffix, sizeof suffix);
    writer_text(&name, topic_property_name(property));
    writer_text(&name, "/state");
    struct writer text = begin_payload(device);
    payload_format(property, &device->settings, &text);
    return publish_below_base(device, suffix, &text, QOS, true);
}

/* Formats what an error is about: a command topic, or "<base>/button" and the like for other sources. */
static void format_error_source(const struct device *device, unsigned source, struct writer *text)
{
    writer_text(text, device->base);
    writer_text(text, "/");
    switch (source) {
    case ERROR_SOURCE_BUTTON:
        writer_text(text, "button");
        break;
    case ERROR_SOURCE_SETTINGS:
        writer_text(text, "settings");
        break;
    case ERROR_SOURCE_COMMANDS:
        writer_text(text, "+/set");
        break;
    default:
        writer_text(text, source < PROPERTY_COUNT ? topic_property_name(source) : device->unknown_name);
        writer_text(text, "/set");
        break;
    }
}

/* Publishes the pending error of one source and removes it once it is accepted. */
static bool publish_error(struct device *device, unsigned source)
{
    struct device_pending_error *error = &device->errors[source];
    struct writer text = begin_payload(device);
    format_error_source(device, source, &text);
    writer_text(&text, ": ");
    writer_text(&text, error_code_text(error->code));
    if (error->count > 1) {
        writer_text(&text, " (last of ");
        writer_integer(&text, error->count);
        writer_text(&text, ")");
    }
    if (!publish_below_base(device, "error", &text, QOS, false)) {
        return false;
    }
    *error = (struct device_pending_error){0};
    return true;
}

/* Publishes the pending errors of all sources. */
static bool publish_errors(struct device *device)
{
    for (unsigned source = 0; source < ERROR_SOURCE_COUNT; source++) {
        if (device->errors[source].count > 0 && !publish_error(device, source)) {
            return false;
        }
    }
    return true;
}

/* Publishes the pending presses, the oldest first. */
static bool publish_presses(struct device *device)
{
    while (device->press_count > 0) {
        struct writer text = begin_payload(device);
        writer_text(&text, device->presses[0] == PRESS_LONG ? "long" : "short");
        if (!publish_below_base(device, "button", &text, QOS, false)) {
            return false;
        }
        device->press_count--;
        memmove(device->presses, device->presses + 1, device->press_count);
    }
    return true;
}

/* Reads the sensors and publishes their values. */
static bool publish_telemetry(struct device *device)
{
    struct device_readings readings;
    memset(&readings, 0, sizeof readings);
    device->port.read_sensors(device->port.context, &readings);
    struct writer text = begin_payload(device);
    report_format_telemetry(&readings, device->uptime_s, &text);
    return publish_below_base(device, "telemetry", &text, 0, false);
}

/* Publishes the discovery document of Home Assistant. */
static bool publish_discovery(struct device *device)
{
    char topic[TOPIC_MAX + 1];
    struct writer name = writer_init(topic, sizeof topic);
    writer_text(&name, "homeassistant/device/");
    writer_text(&name, device->id);
    writer_text(&name, "/config");
    struct writer text = begin_payload(device);
    report_format_discovery(device, &text);
    return publish(device, topic, &text, QOS, true);
}

/* Publishes one item of enum outbox_item. */
static bool publish_item(struct device *device, unsigned item)
{
    switch (item) {
    case OUTBOX_SUBSCRIBE:
        return subscribe_to_commands(device);
    case OUTBOX_STATUS:
        return publish_status(device, "online");
    case OUTBOX_INFO:
        return publish_info(device);
    case OUTBOX_ERRORS:
        return publish_errors(device);
    case OUTBOX_BUTTON:
        return publish_presses(device);
    case OUTBOX_TELEMETRY:
        return publish_telemetry(device);
    case OUTBOX_DISCOVERY:
        return publish_discovery(device);
    default:
        return publish_state(device, item - OUTBOX_FIRST_STATE);
    }
}

void outbox_flush(struct device *device)
{
    device->retrying = false;
    for (unsigned item = 0; item < OUTBOX_ITEM_COUNT && device->connected; item++) {
        if ((device->pending_items >> item & 1u) == 0) {
            continue;
        }
        if (!publish_item(device, item)) {
            device->retrying = true;
            device->retry_at = device->now + DEVICE_RETRY_DELAY_MS;
            return;
        }
        device->pending_items &= ~(1u << item);
    }
}

bool outbox_publish_offline(struct device *device)
{
    return publish_status(device, "offline");
}

void outbox_enqueue(struct device *device, unsigned item)
{
    device->pending_items |= 1u << item;
}

void outbox_enqueue_all(struct device *device)
{
    device->pending_items = (1u << OUTBOX_ITEM_COUNT) - 1u;
}

void outbox_enqueue_error(struct device *device, unsigned source, enum error_code code)
{
    struct device_pending_error *error = &device->errors[source];
    error->code = (uint8_t)code;
    if (error->count < UINT16_MAX) {
        error->count++;
    }
    outbox_enqueue(device, OUTBOX_ERRORS);
    if (source < PROPERTY_COUNT) {
        outbox_enqueue(device, OUTBOX_FIRST_STATE + source);
    }
}

void outbox_enqueue_press(struct device *device, enum press press)
{
    if (!device->connected) {
        return;
    }
    if (device->press_count == DEVICE_MAX_PENDING_PRESSES) {
        outbox_enqueue_error(device, ERROR_SOURCE_BUTTON, ERROR_PRESSES_LOST);
        return;
    }
    device->presses[device->press_count++] = (uint8_t)press;
    outbox_enqueue(device, OUTBOX_BUTTON);
}
