/* Checks and parts of broker URIs: mqtt://, mqtts://, ws:// and wss://. */
#ifndef URI_H
#define URI_H

#include <stdbool.h>

/* Returns whether the URI is "<scheme>://[user[:password]@]<host>[:<port>][/<path>]" with one of the four schemes. */
bool uri_is_valid(const char *uri);

/* Returns whether the scheme uses TLS. */
bool uri_uses_tls(const char *uri);

/* Returns the part of a valid URI from the host on, which contains neither user nor password. */
const char *uri_host_and_path(const char *uri);

#endif
