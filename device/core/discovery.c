/* The MQTT discovery document of Home Assistant, which describes the device and its entities.
 * It uses Home Assistant's abbreviated keys to stay small. Keys next to "cmps" are defaults for all components. */
#include "report.h"

/* A sensor entity whose value is a member of the telemetry. */
struct telemetry_sensor {
    const char *suffix;
    const char *name;
    const char *unit;
    const char *device_class;
    const char *value_template;
    bool diagnostic;
};

#define TELEMETRY_VALUE(key) "{{value_json." key "|default(none)}}"

static const struct telemetry_sensor SENSORS[] = {
    {"_temperature", "Temperature", "°C", "temperature", TELEMETRY_VALUE("temperature"), false},
    {"_adc", "Voltage", "mV", "voltage", TELEMETRY_VALUE("adc"), false},
    {"_rssi", "Signal", "dBm", "signal_strength", TELEMETRY_VALUE("rssi"), true},
    {"_heap", "Free memory", "B", "data_size", TELEMETRY_VALUE("heap"), true},
    {"_uptime", "Uptime", "s", "duration", TELEMETRY_VALUE("uptime"), true},
};

/* Opens a component. `suffix` is '_' and the key of the component; it also ends its unique ID. */
static void open_component(const struct device *device, struct writer *out, const char *suffix, const char *platform,
                           const char *name)
{
    json_open(out, suffix + 1, '{');
    json_string(out, "p", platform);
    json_string(out, "name", name);
    json_concat(out, "uniq_id", device->id, suffix);
}

/* Appends the topic "<base><suffix>" as a member. */
static void append_topic(const struct device *device, struct writer *out, const char *key, const char *suffix)
{
    json_concat(out, key, device->base, suffix);
}

/* Appends the description of the device and of the origin of the document. */
static void append_device(const struct device *device, struct writer *out)
{
    json_open(out, "dev", '{');
    json_string(out, "ids", device->id);
    json_concat(out, "name", "ESP32 ", device->id);
    json_string(out, "mdl", device->chip);
    json_string(out, "sw", DEVICE_FIRMWARE_VERSION);
    json_close(out, '}');
    json_open(out, "o", '{');
    json_string(out, "name", "mqtt-dash");
    json_string(out, "sw", DEVICE_FIRMWARE_VERSION);
    json_close(out, '}');
}

/* Appends the light: lamp, dim, color and mode. */
static void append_lamp(const struct device *device, struct writer *out)
{
    open_component(device, out, "_lamp", "light", "Lamp");
    append_topic(device, out, "cmd_t", "/lamp/set");
    append_topic(device, out, "stat_t", "/lamp/state");
    append_topic(device, out, "bri_cmd_t", "/dim/set");
    append_topic(device, out, "bri_stat_t", "/dim/state");
    json_integer(out, "bri_scl", DIM_MAX);
    append_topic(device, out, "rgb_cmd_t", "/color/set");
    append_topic(device, out, "rgb_stat_t", "/color/state");
    json_string(out, "rgb_cmd_tpl", "{{'#%02X%02X%02X'|format(red,green,blue)}}");
    json_string(out, "rgb_val_tpl",
                "{{value[1:3]|int(base=16)}},{{value[3:5]|int(base=16)}},{{value[5:7]|int(base=16)}}");
    append_topic(device, out, "fx_cmd_t", "/mode/set");
    append_topic(device, out, "fx_stat_t", "/mode/state");
    json_open(out, "fx_list", '[');
    json_string(out, NULL, "steady");
    json_string(out, NULL, "blink");
    json_string(out, NULL, "breathe");
    json_close(out, ']');
    json_close(out, '}');
}

/* Appends the telemetry interval, a number to set. */
static void append_interval(const struct device *device, struct writer *out)
{
    open_component(device, out, "_interval", "number", "Interval");
    append_topic(device, out, "cmd_t", "/interval/set");
    append_topic(device, out, "stat_t", "/interval/state");
    json_integer(out, "min", INTERVAL_MIN);
    json_integer(out, "max", INTERVAL_MAX);
    json_string(out, "unit_of_meas", "s");
    json_string(out, "ent_cat", "config");
    json_close(out, '}');
}

/* Appends the button, a source of events. */
static void append_button(const struct device *device, struct writer *out)
{
    open_component(device, out, "_button", "event", "Button");
    append_topic(device, out, "stat_t", "/button");
    json_open(out, "event_types", '[');
    json_string(out, NULL, "short");
    json_string(out, NULL, "long");
    json_close(out, ']');
    json_string(out, "val_tpl", "{\"event_type\":\"{{value}}\"}");
    json_close(out, '}');
}

/* Appends the last error, with the members of the info document as attributes. */
static void append_error(const struct device *device, struct writer *out)
{
    open_component(device, out, "_error", "sensor", "Last error");
    append_topic(device, out, "stat_t", "/error");
    append_topic(device, out, "json_attr_t", "/info");
    json_string(out, "ent_cat", "diagnostic");
    json_close(out, '}');
}

/* Appends one sensor. */
static void append_sensor(const struct device *device, struct writer *out, const struct telemetry_sensor *sensor)
{
    open_component(device, out, sensor->suffix, "sensor", sensor->name);
    json_string(out, "val_tpl", sensor->value_template);
    json_string(out, "unit_of_meas", sensor->unit);
    json_string(out, "dev_cla", sensor->device_class);
    if (sensor->diagnostic) {
        json_string(out, "ent_cat", "diagnostic");
    }
    json_close(out, '}');
}

void report_format_discovery(const struct device *device, struct writer *out)
{
    json_open(out, NULL, '{');
    append_device(device, out);
    append_topic(device, out, "avty_t", "/status");
    append_topic(device, out, "stat_t", "/telemetry");
    json_integer(out, "qos", 1);
    json_open(out, "cmps", '{');
    append_lamp(device, out);
    append_interval(device, out);
    append_button(device, out);
    for (size_t i = 0; i < sizeof SENSORS / sizeof SENSORS[0]; i++) {
        append_sensor(device, out, &SENSORS[i]);
    }
    append_error(device, out);
    json_close(out, '}');
    json_close(out, '}');
}
