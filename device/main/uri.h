/* Broker addresses: mqtt://, mqtts://, ws:// and wss://. */
#ifndef URI_H
#define URI_H

#include <stdbool.h>

/* Whether this is "<scheme>://[user[:password]@]<host>[:<port>][/<path>]" with one of the four schemes. */
bool uri_valid(const char *uri);

/* Whether the scheme is one with TLS. */
bool uri_secure(const char *uri);

/* The part of a valid address that may be shown: from the host on. */
const char *uri_host(const char *uri);

#endif
