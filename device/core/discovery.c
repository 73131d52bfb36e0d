/* The document by which Home Assistant finds the device and everything it offers.
 * Keys are Home Assistant's own short forms, so that the document stays small. What stands beside the
 * components holds for each of them that does not say otherwise. */
#include "report.h"

/* One value out of the telemetry. */
struct sensor {
    const char *suffix;
    const char *name;
    const char *unit;
    const char *device_class;
    const char *value;
    bool diagnostic;
};

#define FROM_TELEMETRY(key) "{{value_json." key "|default(none)}}"

static const struct sensor SENSORS[] = {
    {"_temperature", "Temperature", "°C", "temperature", FROM_TELEMETRY("temperature"), false},
    {"_adc", "Voltage", "mV", "voltage", FROM_TELEMETRY("adc"), false},
    {"_rssi", "Signal", "dBm", "signal_strength", FROM_TELEMETRY("rssi"), true},
    {"_heap", "Free memory", "B", "data_size", FROM_TELEMETRY("heap"), true},
    {"_uptime", "Uptime", "s", "duration", FROM_TELEMETRY("uptime"), true},
};

/* Opens a component. `suffix` is its key with a '_' before it, which also ends its unique id. */
static void component(const struct device *device, struct writer *out, const char *suffix, const char *platform,
                      const char *name)
{
    json_open(out, suffix + 1, '{');
    json_string(out, "p", platform);
    json_string(out, "name", name);
    json_joined(out, "uniq_id", device->id, suffix);
}

static void topic(const struct device *device, struct writer *out, const char *key, const char *suffix)
{
    json_joined(out, key, device->base, suffix);
}

static void about(const struct device *device, struct writer *out)
{
    json_open(out, "dev", '{');
    json_string(out, "ids", device->id);
    json_joined(out, "name", "ESP32 ", device->id);
    json_string(out, "mdl", device->chip);
    json_string(out, "sw", DEVICE_FIRMWARE);
    json_close(out, '}');
    json_open(out, "o", '{');
    json_string(out, "name", "mqtt-dash");
    json_string(out, "sw", DEVICE_FIRMWARE);
    json_close(out, '}');
}

static void lamp(const struct device *device, struct writer *out)
{
    component(device, out, "_lamp", "light", "Lamp");
    topic(device, out, "cmd_t", "/lamp/set");
    topic(device, out, "stat_t", "/lamp/state");
    topic(device, out, "bri_cmd_t", "/dim/set");
    topic(device, out, "bri_stat_t", "/dim/state");
    json_number(out, "bri_scl", DIM_MAX);
    topic(device, out, "rgb_cmd_t", "/color/set");
    topic(device, out, "rgb_stat_t", "/color/state");
    json_string(out, "rgb_cmd_tpl", "{{'#%02X%02X%02X'|format(red,green,blue)}}");
    json_string(out, "rgb_val_tpl",
                "{{value[1:3]|int(base=16)}},{{value[3:5]|int(base=16)}},{{value[5:7]|int(base=16)}}");
    topic(device, out, "fx_cmd_t", "/mode/set");
    topic(device, out, "fx_stat_t", "/mode/state");
    json_open(out, "fx_list", '[');
    json_string(out, NULL, "steady");
    json_string(out, NULL, "blink");
    json_string(out, NULL, "breathe");
    json_close(out, ']');
    json_close(out, '}');
}

static void interval(const struct device *device, struct writer *out)
{
    component(device, out, "_interval", "number", "Interval");
    topic(device, out, "cmd_t", "/interval/set");
    topic(device, out, "stat_t", "/interval/state");
    json_number(out, "min", INTERVAL_MIN);
    json_number(out, "max", INTERVAL_MAX);
    json_string(out, "unit_of_meas", "s");
    json_string(out, "ent_cat", "config");
    json_close(out, '}');
}

static void button(const struct device *device, struct writer *out)
{
    component(device, out, "_button", "event", "Button");
    topic(device, out, "stat_t", "/button");
    json_open(out, "event_types", '[');
    json_string(out, NULL, "short");
    json_string(out, NULL, "long");
    json_close(out, ']');
    json_string(out, "val_tpl", "{\"event_type\":\"{{value}}\"}");
    json_close(out, '}');
}

static void error(const struct device *device, struct writer *out)
{
    component(device, out, "_error", "sensor", "Last error");
    topic(device, out, "stat_t", "/error");
    topic(device, out, "json_attr_t", "/info");
    json_string(out, "ent_cat", "diagnostic");
    json_close(out, '}');
}

static void sensor(const struct device *device, struct writer *out, const struct sensor *sensor)
{
    component(device, out, sensor->suffix, "sensor", sensor->name);
    json_string(out, "val_tpl", sensor->value);
    json_string(out, "unit_of_meas", sensor->unit);
    json_string(out, "dev_cla", sensor->device_class);
    if (sensor->diagnostic) {
        json_string(out, "ent_cat", "diagnostic");
    }
    json_close(out, '}');
}

void report_discovery(const struct device *device, struct writer *out)
{
    json_open(out, NULL, '{');
    about(device, out);
    topic(device, out, "avty_t", "/status");
    topic(device, out, "stat_t", "/telemetry");
    json_number(out, "qos", 1);
    json_open(out, "cmps", '{');
    lamp(device, out);
    interval(device, out);
    button(device, out);
    for (size_t i = 0; i < sizeof SENSORS / sizeof SENSORS[0]; i++) {
        sensor(device, out, &SENSORS[i]);
    }
    error(device, out);
    json_close(out, '}');
    json_close(out, '}');
}
