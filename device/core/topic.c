/* Parsing of command topics, and formatting of topics. */
#include "topic.h"

#include <string.h>

#include "writer.h"

static const char *const NAMES[PROPERTY_COUNT] = {
    [PROPERTY_LAMP] = "lamp", [PROPERTY_DIM] = "dim",           [PROPERTY_COLOR] = "color",
    [PROPERTY_MODE] = "mode", [PROPERTY_INTERVAL] = "interval",
};

/* Returns whether a device ID may contain the character. */
static bool is_id_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool topic_id_is_valid(const char *id)
{
    size_t length = 0;
    if (id == NULL) {
        return false;
    }
    for (; id[length] != '\0'; length++) {
        if (length >= TOPIC_ID_MAX || !is_id_char(id[length])) {
            return false;
        }
    }
    return length > 0;
}

const char *topic_property_name(unsigned property)
{
    return property < PROPERTY_COUNT ? NAMES[property] : NULL;
}

/* Returns the property with this name, or PROPERTY_UNKNOWN. `name` is not terminated by NUL. */
static unsigned find_property(const char *name, size_t length)
{
    for (unsigned property = 0; property < PROPERTY_COUNT; property++) {
        if (strlen(NAMES[property]) == length && memcmp(NAMES[property], name, length) == 0) {
            return property;
        }
    }
    return PROPERTY_UNKNOWN;
}

/* Copies a property's name. It comes from the network and is published in error messages, so it is made printable. */
static void copy_printable_name(struct command_topic *out, const char *name, size_t length)
{
    const size_t copied = length < TOPIC_NAME_MAX ? length : TOPIC_NAME_MAX;
    for (size_t i = 0; i < copied; i++) {
        out->name[i] = name[i] > ' ' && name[i] <= '~' ? name[i] : '?';
    }
    out->name[copied] = '\0';
}

bool topic_parse(const char *base, const char *topic, size_t length, struct command_topic *out)
{
    static const char SUFFIX[] = "/set";
    const size_t suffix_length = sizeof SUFFIX - 1;
    const size_t base_length = strlen(base);
    if (topic == NULL || length < base_length + 1 + suffix_length) {
        return false;
    }
    if (memcmp(topic, base, base_length) != 0 || topic[base_length] != '/' ||
        memcmp(topic + length - suffix_length, SUFFIX, suffix_length) != 0) {
        return false;
    }
    const char *name = topic + base_length + 1;
    const size_t name_length = length - base_length - 1 - suffix_length;
    if (memchr(name, '/', name_length) != NULL) {
        return false;
    }
    out->property = (uint8_t)find_property(name, name_length);
    copy_printable_name(out, name, name_length);
    return true;
}

bool topic_format(const char *base, const char *suffix, char *out, size_t size)
{
    struct writer topic = writer_init(out, size);
    writer_text(&topic, base);
    writer_text(&topic, "/");
    writer_text(&topic, suffix);
    return !topic.overflow;
}
