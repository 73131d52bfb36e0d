/* The documents about the board and its sensors. */
#include "report.h"

static void known(struct writer *out, const char *key, const char *value)
{
    if (value[0] != '\0') {
        json_string(out, key, value);
    }
}

void report_info(const struct device *device, struct writer *out)
{
    json_open(out, NULL, '{');
    known(out, "chip", device->chip);
    json_string(out, "firmware", DEVICE_FIRMWARE);
    known(out, "sdk", device->sdk);
    known(out, "ip", device->ip);
    known(out, "mac", device->mac);
    known(out, "reset", device->reset_reason);
    json_close(out, '}');
}

void report_telemetry(const struct device_readings *readings, uint32_t uptime_s, struct writer *out)
{
    json_open(out, NULL, '{');
    if (readings->has_temperature) {
        json_hundredths(out, "temperature", readings->temperature_centi);
    }
    if (readings->has_adc) {
        json_number(out, "adc", readings->adc_mv);
    }
    if (readings->has_rssi) {
        json_number(out, "rssi", readings->rssi_dbm);
    }
    if (readings->has_heap) {
        json_number(out, "heap", readings->heap_bytes);
    }
    json_number(out, "uptime", uptime_s);
    json_close(out, '}');
}
