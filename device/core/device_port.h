/* What the core and its platform exchange: the functions that the platform provides, and the data they pass.
 * The platform is the ESP-IDF firmware, the program's demo, or a test. */
#ifndef DEVICE_PORT_H
#define DEVICE_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lamp.h"
#include "settings.h"

/* The identity of the board. device_init copies the texts and truncates them to the sizes in struct device.
 * Every text but the ID may be NULL: it is then missing from "<base>/info". */
struct device_identity {
    const char *id;           /* 1 to 32 of A-Z a-z 0-9 _ - */
    const char *chip;         /* for example "esp32c3" */
    const char *sdk;          /* the version of the SDK */
    const char *mac;          /* for example "aa:bb:cc:dd:ee:ff" */
    const char *reset_reason; /* for example "power on" */
};

/* Sensor readings. A value is valid only if its has_ flag is set. */
struct device_readings {
    bool has_temperature;
    bool has_adc;
    bool has_rssi;
    bool has_heap;
    int32_t temperature_centi; /* hundredths of a degree Celsius */
    uint32_t adc_mv;
    int32_t rssi_dbm;
    uint32_t heap_bytes;
};

/* A fragment of an incoming message. A message that arrives whole is one fragment with offset 0 and total == length. */
struct device_fragment {
    const char *topic;   /* not terminated by NUL; NULL in all fragments but the first */
    size_t topic_length; /* bytes; 0 in all fragments but the first */
    const uint8_t *data; /* may be NULL if length is 0 */
    size_t length;       /* bytes in `data` */
    size_t offset;       /* position of `data` in the payload, in bytes */
    size_t total;        /* bytes of the whole payload */
    bool retained;       /* the RETAIN flag of the message; read from the first fragment only */
};

/* The functions that the core calls. All must be set, and none may call the core. Arguments are valid only during
 * the call. The core calls them only from within its own functions, so always from the caller's thread. */
struct device_port {
    void *context; /* passed to every function */
    /* Passes a message to the MQTT client. `topic` is terminated by NUL, `payload` is not; `length` is in bytes.
     * Returns false if the MQTT client's queue is full: the core tries again later. */
    bool (*publish)(void *context, const char *topic, const char *payload, size_t length, int qos, bool retain);
    /* Subscribes to a topic filter, terminated by NUL. Returns false on failure: the core tries again later. */
    bool (*subscribe)(void *context, const char *filter, int qos);
    /* Sets the light of the lamp. Called by device_init and when the light changes. */
    void (*set_light)(void *context, const struct light *light);
    /* Reads the sensors. All flags in `readings` are false on entry. Called when telemetry is due. */
    void (*read_sensors)(void *context, struct device_readings *readings);
    /* Stores the settings in non-volatile memory. Returns false on failure: the core tries again later. */
    bool (*save_settings)(void *context, const struct settings *settings);
};

#endif
