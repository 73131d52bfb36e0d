/* The documents about the device and its sensors. discovery.c has the one for Home Assistant. */
#include "report.h"

/* Appends a string member unless its value is empty, which stands for unknown. */
static void string_if_known(struct writer *out, const char *key, const char *value)
{
    if (value[0] != '\0') {
        json_string(out, key, value);
    }
}

void report_format_info(const struct device *device, struct writer *out)
{
    json_open(out, NULL, '{');
    string_if_known(out, "chip", device->chip);
    json_string(out, "firmware", DEVICE_FIRMWARE_VERSION);
    string_if_known(out, "sdk", device->sdk);
    string_if_known(out, "ip", device->ip);
    string_if_known(out, "mac", device->mac);
    string_if_known(out, "reset", device->reset_reason);
    json_close(out, '}');
}

void report_format_telemetry(const struct device_readings *readings, uint32_t uptime_s, struct writer *out)
{
    json_open(out, NULL, '{');
    if (readings->has_temperature) {
        json_hundredths(out, "temperature", readings->temperature_centi);
    }
    if (readings->has_adc) {
        json_integer(out, "adc", readings->adc_mv);
    }
    if (readings->has_rssi) {
        json_integer(out, "rssi", readings->rssi_dbm);
    }
    if (readings->has_heap) {
        json_integer(out, "heap", readings->heap_bytes);
    }
    json_integer(out, "uptime", uptime_s);
    json_close(out, '}');
}
