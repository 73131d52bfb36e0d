/* Parses command topics, "<base>/<property>/set". */
#ifndef TOPIC_H
#define TOPIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest device ID, in characters. */
#define TOPIC_ID_MAX 32u
/* Longest base topic, "esp32/<id>". */
#define TOPIC_BASE_MAX (6u + TOPIC_ID_MAX)
/* How many characters of an unknown property's name are kept for the error message. */
#define TOPIC_NAME_MAX 32u
/* Longest topic that the device publishes to, "homeassistant/device/<id>/config". */
#define TOPIC_MAX (29u + TOPIC_ID_MAX)

/* A property of the device: it has a command topic, ".../set", and a state topic, ".../state". */
enum property {
    PROPERTY_LAMP,
    PROPERTY_DIM,
    PROPERTY_COLOR,
    PROPERTY_MODE,
    PROPERTY_INTERVAL,
    PROPERTY_COUNT,
    PROPERTY_UNKNOWN = PROPERTY_COUNT
};

/* A parsed command topic. */
struct command_topic {
    uint8_t property;              /* enum property */
    char name[TOPIC_NAME_MAX + 1]; /* the name of the property, truncated, with '?' for unprintable characters */
};

/**
 * Checks a device ID. May be called at any time.
 *
 * @param id  the ID, terminated by NUL, or NULL
 * @return whether it consists of 1 to TOPIC_ID_MAX letters, digits, '_' or '-'
 */
bool topic_id_is_valid(const char *id);

/**
 * Parses a command topic. May be called at any time.
 *
 * @param base    the base topic, terminated by NUL
 * @param topic   the topic of a message, not necessarily terminated by NUL; may be NULL
 * @param length  bytes of the topic
 * @param out     receives the property and its name; unchanged if the function returns false
 * @return whether the topic has the form "<base>/<property>/set", even if the property is unknown
 */
bool topic_parse(const char *base, const char *topic, size_t length, struct command_topic *out);

/**
 * Returns the name of a property as it appears in topics. May be called at any time.
 *
 * @param property  a value of enum property
 * @return the name, for example "lamp", or NULL if the property is unknown
 */
const char *topic_property_name(unsigned property);

/**
 * Formats a topic below a base topic, "<base>/<suffix>". May be called at any time.
 *
 * @param base    the base topic, terminated by NUL
 * @param suffix  the last part of the topic, terminated by NUL
 * @param out     receives the topic, terminated by NUL
 * @param size    bytes in `out`, at least 1
 * @return false if the topic does not fit
 */
bool topic_format(const char *base, const char *suffix, char *out, size_t size);

#endif
