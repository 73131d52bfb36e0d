/* The console commands. They store values at once; the firmware uses them after a restart. */
#include "console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esp_console.h"
#include "esp_log.h"
#include "sdkconfig.h"
#include "store.h"
#include "topic.h"
#include "uri.h"

static const char TAG[] = "console";
static const char CA_END[] = "-----END CERTIFICATE-----";

/* Longest certificate in bytes, including the NUL: the limit of a text in NVS. Longest command line in bytes. */
enum { CA_SIZE = 4000, LINE_SIZE = 512 };

static void (*request_restart)(void);

/* Prints whether values were stored. Returns the exit status of the command. */
static int report_stored(bool stored)
{
    puts(stored ? "Stored. Enter 'restart' to apply." : "Error: not stored, see the log.");
    return stored ? 0 : 1;
}

/* Prints the usage of a command. Returns the exit status of the command. */
static int usage(const char *text)
{
    printf("Usage: %s\n", text);
    return 1;
}

/* Returns an optional argument, or an empty text. */
static const char *optional_argument(int argc, char **argv, int index)
{
    return index < argc ? argv[index] : "";
}

/* Returns whether the text and its NUL fit into `size` bytes. */
static bool fits(const char *text, size_t size)
{
    return strlen(text) < size;
}

static int set_wifi(int argc, char **argv)
{
    const struct config *config = NULL;
    const char *password = optional_argument(argc, argv, 2);
    if (argc < 2 || argc > 3 || argv[1][0] == '\0') {
        return usage("wifi NAME [PASSWORD]");
    }
    if (!fits(argv[1], sizeof config->ssid) || !fits(password, sizeof config->wifi_password)) {
        printf("Error: the name is limited to 32 bytes, the password to 64.\n");
        return 1;
    }
    return report_stored(store_write_text(STORE_SSID, argv[1]) && store_write_text(STORE_WIFI_PASSWORD, password));
}

static int set_broker(int argc, char **argv)
{
    const struct config *config = NULL;
    const char *user = optional_argument(argc, argv, 2);
    const char *password = optional_argument(argc, argv, 3);
    const char *client_id = optional_argument(argc, argv, 4);
    if (argc < 2 || argc > 5) {
        return usage("broker URI [USER [PASSWORD [CLIENT_ID]]]");
    }
    if (!uri_is_valid(argv[1])) {
        printf("Error: the URI must be like mqtts://broker.example.org:8883, with mqtt, mqtts, ws or wss.\n");
        return 1;
    }
    if (!fits(argv[1], sizeof config->uri) || !fits(user, sizeof config->user) ||
        !fits(password, sizeof config->password) || !fits(client_id, sizeof config->client_id)) {
        printf("Error: URI, user and password are limited to 128 bytes each, the client ID to 64.\n");
        return 1;
    }
    return report_stored(store_write_text(STORE_URI, argv[1]) && store_write_text(STORE_USER, user) &&
                         store_write_text(STORE_PASSWORD, password) && store_write_text(STORE_CLIENT_ID, client_id));
}

/* Reads the lines of a PEM certificate from the console into `out`, which has CA_SIZE bytes. Returns false if it is too
 * long or has no end. */
static bool read_certificate(char *out)
{
    char line[128];
    size_t length = 0;
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        const size_t line_length = strlen(line);
        if (length + line_length + 2 > CA_SIZE) {
            return false;
        }
        memcpy(out + length, line, line_length);
        length += line_length;
        out[length++] = '\n';
        out[length] = '\0';
        if (strcmp(line, CA_END) == 0) {
            return true;
        }
    }
    return false;
}

static int set_ca(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "none") == 0) {
        return report_stored(store_write_text(STORE_CA, ""));
    }
    if (argc != 1) {
        return usage("ca [none]");
    }
    char *text = calloc(1, CA_SIZE);
    printf("Paste the certificate in PEM format.\n");
    const bool complete = text != NULL && read_certificate(text);
    if (!complete) {
        printf("Error: expected a PEM certificate of at most %d bytes.\n", CA_SIZE);
    }
    const int result = complete ? report_stored(store_write_text(STORE_CA, text)) : 1;
    free(text);
    return result;
}

static int set_id(int argc, char **argv)
{
    if (argc != 2 || !topic_id_is_valid(argv[1])) {
        return usage("id NAME   (1 to 32 of A-Z a-z 0-9 _ -)");
    }
    return report_stored(store_write_text(STORE_ID, argv[1]));
}

/* Returns a value to show. */
static const char *value_or_not_set(const char *text)
{
    return text[0] != '\0' ? text : "(not set)";
}

/* Returns whether a secret is set, without showing it. */
static const char *set_or_not_set(const char *text)
{
    return text[0] != '\0' ? "(set)" : "(not set)";
}

static int show(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    struct config *config = calloc(1, sizeof *config);
    if (config == NULL) {
        return 1;
    }
    store_read_config(config);
    printf("wifi       %s, password %s\n", value_or_not_set(config->ssid), set_or_not_set(config->wifi_password));
    printf("broker     %s%s\n", uri_is_valid(config->uri) ? uri_host_and_path(config->uri) : "(not set)",
           uri_uses_tls(config->uri) ? " with TLS" : "");
    printf("user       %s, password %s\n", value_or_not_set(config->user), set_or_not_set(config->password));
    printf("client ID  %s\n", value_or_not_set(config->client_id));
    printf("device ID  %s\n", config->id[0] != '\0' ? config->id : "(from the MAC address)");
    printf("CA         %s\n", config->ca != NULL ? "configured certificate" : "certificate bundle");
    free(config->ca);
    free(config);
    return 0;
}

static int restart(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    request_restart();
    return 0;
}

static int reset(int argc, char **argv)
{
    if (argc != 2 || strcmp(argv[1], "yes") != 0) {
        return usage("reset yes   (erases everything that is stored)");
    }
    return report_stored(store_erase());
}

static const esp_console_cmd_t COMMANDS[] = {
    {.command = "wifi", .help = "set the Wi-Fi: wifi NAME [PASSWORD]", .func = set_wifi},
    {.command = "broker", .help = "set the broker: broker URI [USER [PASSWORD [CLIENT_ID]]]", .func = set_broker},
    {.command = "ca",
     .help = "set the CA certificate to trust: ca, then paste it; 'ca none' restores the bundle",
     .func = set_ca},
    {.command = "id", .help = "set the device ID: id NAME", .func = set_id},
    {.command = "show", .help = "show the stored configuration, without passwords", .func = show},
    {.command = "restart", .help = "restart the board", .func = restart},
    {.command = "reset", .help = "erase everything that is stored: reset yes", .func = reset},
};

/* Creates the console on the port chosen in menuconfig. */
static esp_err_t create_console(const esp_console_repl_config_t *config, esp_console_repl_t **console)
{
#if CONFIG_ESP_CONSOLE_UART_DEFAULT || CONFIG_ESP_CONSOLE_UART_CUSTOM
    const esp_console_dev_uart_config_t port = ESP_CONSOLE_DEV_UART_CONFIG_DEFAULT();
    return esp_console_new_repl_uart(&port, config, console);
#elif CONFIG_ESP_CONSOLE_USB_SERIAL_JTAG
    const esp_console_dev_usb_serial_jtag_config_t port = ESP_CONSOLE_DEV_USB_SERIAL_JTAG_CONFIG_DEFAULT();
    return esp_console_new_repl_usb_serial_jtag(&port, config, console);
#else
    (void)config;
    (void)console;
    return ESP_ERR_NOT_SUPPORTED;
#endif
}

void console_start(void (*on_restart)(void))
{
    esp_console_repl_t *console = NULL;
    esp_console_repl_config_t config = ESP_CONSOLE_REPL_CONFIG_DEFAULT();
    config.prompt = "dash>";
    config.max_cmdline_length = LINE_SIZE;
    config.max_history_len = 1;
    request_restart = on_restart;
    esp_err_t err = create_console(&config, &console);
    for (size_t i = 0; err == ESP_OK && i < sizeof COMMANDS / sizeof COMMANDS[0]; i++) {
        err = esp_console_cmd_register(&COMMANDS[i]);
    }
    if (err == ESP_OK) {
        err = esp_console_start_repl(console);
    }
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "starting the console failed: %s", esp_err_to_name(err));
    }
}
