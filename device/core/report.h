/* The documents that a device publishes: JSON about the board, its sensors, and for Home Assistant. */
#ifndef REPORT_H
#define REPORT_H

#include "device.h"
#include "writer.h"

/* What is published on <base>/info. What is not known is absent. */
void report_info(const struct device *device, struct writer *out);

/* What is published on <base>/telemetry. What cannot be read is absent. */
void report_telemetry(const struct device_readings *readings, uint32_t uptime_s, struct writer *out);

/* Home Assistant's discovery of the whole device. */
void report_discovery(const struct device *device, struct writer *out);

#endif
