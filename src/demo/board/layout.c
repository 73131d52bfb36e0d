/* The memory layout of the types that C and Rust share, as the C compiler sees it: sizes, offsets and
 * constants. core.rs compares them with LAYOUT in layout.rs, which has the same order. */
#include "device.h"

size_t mqtt_dash_layout(size_t index);

static const size_t LAYOUT[] = {
    sizeof(struct settings),
    offsetof(struct settings, lamp),
    offsetof(struct settings, dim),
    offsetof(struct settings, red),
    offsetof(struct settings, green),
    offsetof(struct settings, blue),
    offsetof(struct settings, mode),
    offsetof(struct settings, interval_s),
    sizeof(struct light),
    offsetof(struct light, level),
    offsetof(struct light, red),
    offsetof(struct light, green),
    offsetof(struct light, blue),
    sizeof(struct device_readings),
    offsetof(struct device_readings, has_temperature),
    offsetof(struct device_readings, has_adc),
    offsetof(struct device_readings, has_rssi),
    offsetof(struct device_readings, has_heap),
    offsetof(struct device_readings, temperature_centi),
    offsetof(struct device_readings, adc_mv),
    offsetof(struct device_readings, rssi_dbm),
    offsetof(struct device_readings, heap_bytes),
    sizeof(struct device_identity),
    offsetof(struct device_identity, id),
    offsetof(struct device_identity, chip),
    offsetof(struct device_identity, sdk),
    offsetof(struct device_identity, mac),
    offsetof(struct device_identity, reset_reason),
    sizeof(struct device_port),
    offsetof(struct device_port, context),
    offsetof(struct device_port, publish),
    offsetof(struct device_port, subscribe),
    offsetof(struct device_port, set_light),
    offsetof(struct device_port, read_sensors),
    offsetof(struct device_port, save_settings),
    sizeof(struct device_fragment),
    offsetof(struct device_fragment, topic),
    offsetof(struct device_fragment, topic_length),
    offsetof(struct device_fragment, data),
    offsetof(struct device_fragment, length),
    offsetof(struct device_fragment, offset),
    offsetof(struct device_fragment, total),
    offsetof(struct device_fragment, retained),
    MODE_STEADY,
    MODE_BLINK,
    MODE_BREATHE,
    MODE_COUNT,
    LIGHT_LEVEL_MAX,
    BUTTON_DEBOUNCE_MS,
    BUTTON_LONG_PRESS_MS,
};

/* Returns the value at an index, or SIZE_MAX after the last one. */
size_t mqtt_dash_layout(size_t index)
{
    return index < sizeof LAYOUT / sizeof LAYOUT[0] ? LAYOUT[index] : SIZE_MAX;
}
