/* Formats the JSON documents that the device publishes. */
#ifndef REPORT_H
#define REPORT_H

#include "device_state.h"
#include "writer.h"

/**
 * Formats the payload of "<base>/info". Values that are unknown are omitted. Call it after device_init.
 *
 * @param device  the device
 * @param out     the buffer to append to
 */
void report_format_info(const struct device *device, struct writer *out);

/**
 * Formats the payload of "<base>/telemetry". Sensors without a value are omitted. May be called at any time.
 *
 * @param readings  the sensor readings
 * @param uptime_s  seconds since the start of the device
 * @param out       the buffer to append to
 */
void report_format_telemetry(const struct device_readings *readings, uint32_t uptime_s, struct writer *out);

/**
 * Formats the payload of "homeassistant/device/<id>/config", which describes the whole device to Home Assistant.
 * Call it after device_init.
 *
 * @param device  the device
 * @param out     the buffer to append to
 */
void report_format_discovery(const struct device *device, struct writer *out);

#endif
