/* Checks of broker URIs. */
#include "uri.h"

#include <stddef.h>
#include <string.h>

static const char *const SCHEMES[] = {"mqtt://", "mqtts://", "ws://", "wss://"};

/* Returns the part after "<scheme>://", or NULL if the scheme is unknown. */
static const char *after_scheme(const char *uri)
{
    for (size_t i = 0; i < sizeof SCHEMES / sizeof SCHEMES[0]; i++) {
        const size_t length = strlen(SCHEMES[i]);
        if (strncmp(uri, SCHEMES[i], length) == 0) {
            return uri + length;
        }
    }
    return NULL;
}

static bool is_host_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
}

/* Returns the end of the host name or bracketed IPv6 address at `at`, or NULL if there is none. */
static const char *skip_host(const char *at)
{
    const char *start = at;
    if (*at == '[') {
        at += strspn(at, "[0123456789abcdefABCDEF:.");
        return *at == ']' && at - start > 2 ? at + 1 : NULL;
    }
    while (is_host_char(*at)) {
        at++;
    }
    return at > start ? at : NULL;
}

/* Returns the end of the optional ":<port>" at `at`, or NULL if the port is not in 1..65535. */
static const char *skip_port(const char *at)
{
    unsigned port = 0;
    if (*at != ':') {
        return at;
    }
    for (at++; *at >= '0' && *at <= '9' && port <= 65535; at++) {
        port = port * 10 + (unsigned)(*at - '0');
    }
    return port >= 1 && port <= 65535 ? at : NULL;
}

bool uri_is_valid(const char *uri)
{
    if (after_scheme(uri) == NULL) {
        return false;
    }
    for (const char *at = uri; *at != '\0'; at++) {
        if (*at <= ' ' || *at > '~') {
            return false;
        }
    }
    const char *at = skip_host(uri_host_and_path(uri));
    if (at != NULL) {
        at = skip_port(at);
    }
    return at != NULL && (*at == '\0' || *at == '/');
}

bool uri_uses_tls(const char *uri)
{
    return strncmp(uri, SCHEMES[1], strlen(SCHEMES[1])) == 0 || strncmp(uri, SCHEMES[3], strlen(SCHEMES[3])) == 0;
}

const char *uri_host_and_path(const char *uri)
{
    const char *authority = after_scheme(uri);
    const size_t length = strcspn(authority, "/");
    const char *host = authority;
    for (size_t i = 0; i < length; i++) {
        if (authority[i] == '@') {
            host = authority + i + 1;
        }
    }
    return host;
}
