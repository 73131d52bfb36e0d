/* What the device owes to the broker. Each topic is owed at most once, so it is bounded;
 * what is not accepted stays owed and is offered again. */
#ifndef OUTBOX_H
#define OUTBOX_H

#include "button.h"
#include "device.h"
#include "payload.h"

/* What can be owed, in the order in which it is sent. */
enum outbox_item {
    OUTBOX_SUBSCRIBE,
    OUTBOX_STATUS,
    OUTBOX_INFO,
    OUTBOX_ERRORS,
    OUTBOX_STATES, /* one for each thing, in the order of enum thing */
    OUTBOX_BUTTON = OUTBOX_STATES + THING_COUNT,
    OUTBOX_TELEMETRY,
    OUTBOX_DISCOVERY,
    OUTBOX_ITEMS
};

/* Owes one item. */
void outbox_add(struct device *device, unsigned item);

/* Owes all that a broker has to know after a connect. Errors and presses that still wait stay. */
void outbox_announce(struct device *device);

/* Owes the telling of a press. A press without a connection is forgotten: nobody wants it later. */
void outbox_press(struct device *device, enum press press);

/* Owes the telling of a refusal. More than one from the same source are told together. */
void outbox_refuse(struct device *device, unsigned source, enum reason reason);

/* Sends what is owed until it is all accepted or something is not. */
void outbox_send(struct device *device);

/* Publishes "offline". False when not accepted. */
bool outbox_offline(struct device *device);

#endif
