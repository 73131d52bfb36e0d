/* Receives commands, checks them and executes them. */
#include "command.h"

#include "outbox.h"
#include "payload.h"

/* Rejects the command being received: enqueues the error and the unchanged state. */
static void reject(struct device *device, enum error_code code)
{
    if (device->command.property == PROPERTY_UNKNOWN) {
        text_copy(device->unknown_name, sizeof device->unknown_name, device->command.name);
    }
    outbox_enqueue_error(device, device->command.property, code);
}

/* Executes the command whose payload is complete and enqueues the new state, or rejects it. */
static void execute(struct device *device)
{
    const struct settings before = device->settings;
    const enum error_code code = payload_parse(device->command.property, device->reassembly.payload,
                                               device->reassembly.total, &device->settings);
    if (code != ERROR_NONE) {
        reject(device, code);
        return;
    }
    if (before.lamp != device->settings.lamp || before.mode != device->settings.mode) {
        device->phase_ms = 0;
    }
    outbox_enqueue(device, OUTBOX_FIRST_STATE + device->command.property);
}

/* Begins the message of a first fragment. Returns false if its payload is to be ignored. */
static bool begin_message(struct device *device, const struct device_fragment *fragment)
{
    if (device->reassembly.in_progress) {
        reject(device, ERROR_MESSAGE_INCOMPLETE);
        reassembly_reset(&device->reassembly);
    }
    if (!topic_parse(device->base, fragment->topic, fragment->topic_length, &device->command)) {
        return false;
    }
    if (fragment->retained) {
        /* The broker would send it again after every reconnect, and undo what was set since. */
        reject(device, ERROR_COMMAND_RETAINED);
        return false;
    }
    if (!reassembly_begin(&device->reassembly, fragment->total)) {
        reject(device, ERROR_PAYLOAD_TOO_LONG);
        return false;
    }
    return true;
}

void command_receive(struct device *device, const struct device_fragment *fragment)
{
    if (fragment->topic_length > 0 && !begin_message(device, fragment)) {
        return;
    }
    switch (
        reassembly_append(&device->reassembly, fragment->data, fragment->length, fragment->offset, fragment->total)) {
    case REASSEMBLY_COMPLETE:
        execute(device);
        break;
    case REASSEMBLY_FAILED:
        reject(device, ERROR_MESSAGE_INCOMPLETE);
        break;
    case REASSEMBLY_PENDING:
        break;
    }
}
