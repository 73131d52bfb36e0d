/* Topic names: "<base>/<thing>/set" to the thing it means, and back. */
#ifndef TOPIC_H
#define TOPIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest device id. */
#define TOPIC_ID_MAX 32u
/* Longest base, "esp32/<id>". */
#define TOPIC_BASE_MAX (6u + TOPIC_ID_MAX)
/* How much of an unknown thing's name is kept. */
#define TOPIC_NAME_MAX 32u
/* Longest topic that the device publishes to, "homeassistant/device/<id>/config". */
#define TOPIC_MAX (29u + TOPIC_ID_MAX)

/* What a command is about. The values after THING_COUNT are not commands;
 * they only name the source of an error. */
enum thing {
    THING_LAMP,
    THING_DIM,
    THING_COLOR,
    THING_MODE,
    THING_INTERVAL,
    THING_COUNT,
    TOPIC_UNKNOWN = THING_COUNT,
    TOPIC_BUTTON,
    TOPIC_SETTINGS,
    TOPIC_QUEUE,
    TOPIC_SOURCES
};

/* A command topic that has been read. */
struct topic {
    uint8_t thing;                 /* enum thing, or TOPIC_UNKNOWN */
    char name[TOPIC_NAME_MAX + 1]; /* the thing's name; of an unknown one its beginning, safe to print */
};

/* Whether the id is 1 to 32 letters, digits, '_' or '-'. */
bool topic_id_valid(const char *id);

/* Reads "<base>/<thing>/set". False when the topic has another shape. */
bool topic_read(const char *base, const char *topic, size_t length, struct topic *out);

/* The name of a thing, "lamp". NULL when it is not one. */
const char *topic_thing_name(unsigned thing);

#endif
