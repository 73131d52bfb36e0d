/* Reading of command topics. */
#include "topic.h"

#include <string.h>

static const char *const NAMES[THING_COUNT] = {
    [THING_LAMP] = "lamp", [THING_DIM] = "dim",           [THING_COLOR] = "color",
    [THING_MODE] = "mode", [THING_INTERVAL] = "interval",
};

static bool id_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool topic_id_valid(const char *id)
{
    size_t length = 0;
    if (id == NULL) {
        return false;
    }
    for (; id[length] != '\0'; length++) {
        if (length >= TOPIC_ID_MAX || !id_char(id[length])) {
            return false;
        }
    }
    return length > 0;
}

const char *topic_thing_name(unsigned thing)
{
    return thing < THING_COUNT ? NAMES[thing] : NULL;
}

static unsigned thing_of(const char *name, size_t length)
{
    for (unsigned thing = 0; thing < THING_COUNT; thing++) {
        if (strlen(NAMES[thing]) == length && memcmp(NAMES[thing], name, length) == 0) {
            return thing;
        }
    }
    return TOPIC_UNKNOWN;
}

static void keep_name(struct topic *out, const char *name, size_t length)
{
    const size_t kept = length < TOPIC_NAME_MAX ? length : TOPIC_NAME_MAX;
    for (size_t i = 0; i < kept; i++) {
        out->name[i] = name[i] > ' ' && name[i] <= '~' ? name[i] : '?';
    }
    out->name[kept] = '\0';
}

bool topic_read(const char *base, const char *topic, size_t length, struct topic *out)
{
    static const char SUFFIX[] = "/set";
    const size_t suffix = sizeof SUFFIX - 1;
    const size_t prefix = strlen(base);
    if (topic == NULL || length < prefix + 1 + suffix) {
        return false;
    }
    if (memcmp(topic, base, prefix) != 0 || topic[prefix] != '/' ||
        memcmp(topic + length - suffix, SUFFIX, suffix) != 0) {
        return false;
    }
    const char *name = topic + prefix + 1;
    const size_t name_length = length - prefix - 1 - suffix;
    if (memchr(name, '/', name_length) != NULL) {
        return false;
    }
    out->thing = (uint8_t)thing_of(name, name_length);
    keep_name(out, name, name_length);
    return true;
}
