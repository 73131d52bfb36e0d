/* The console's commands. What they set is stored at once and used after a restart. */
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

/* Longest certificate; NVS keeps texts of up to 4000 bytes. */
enum { CA_MAX = 4000, LINE_BYTES = 512 };

static void (*restart_board)(void);

static int done(bool stored)
{
    puts(stored ? "Stored. 'restart' puts it to use." : "Not stored: the log says why.");
    return stored ? 0 : 1;
}

static int usage(const char *text)
{
    printf("Usage: %s\n", text);
    return 1;
}

static const char *argument(int count, char **arguments, int index)
{
    return index < count ? arguments[index] : "";
}

static bool fits(const char *text, size_t size)
{
    return strlen(text) < size;
}

static int set_wifi(int count, char **arguments)
{
    const struct config *config = NULL;
    const char *password = argument(count, arguments, 2);
    if (count < 2 || count > 3 || arguments[1][0] == '\0') {
        return usage("wifi NAME [PASSWORD]");
    }
    if (!fits(arguments[1], sizeof config->ssid) || !fits(password, sizeof config->wifi_password)) {
        printf("A name has at most 32 bytes, a password at most 64.\n");
        return 1;
    }
    return done(store_write_text(STORE_SSID, arguments[1]) && store_write_text(STORE_WIFI_PASSWORD, password));
}

static int set_broker(int count, char **arguments)
{
    const struct config *config = NULL;
    const char *user = argument(count, arguments, 2);
    const char *password = argument(count, arguments, 3);
    const char *client_id = argument(count, arguments, 4);
    if (count < 2 || count > 5) {
        return usage("broker URI [USER [PASSWORD [CLIENT_ID]]]");
    }
    if (!uri_valid(arguments[1])) {
        printf("The address has to be like mqtts://broker.example.org:8883 with mqtt, mqtts, ws or wss.\n");
        return 1;
    }
    if (!fits(arguments[1], sizeof config->uri) || !fits(user, sizeof config->user) ||
        !fits(password, sizeof config->password) || !fits(client_id, sizeof config->client_id)) {
        printf("Too long: at most 128 bytes each, 64 for the client id.\n");
        return 1;
    }
    return done(store_write_text(STORE_URI, arguments[1]) && store_write_text(STORE_USER, user) &&
                store_write_text(STORE_PASSWORD, password) && store_write_text(STORE_CLIENT_ID, client_id));
}

/* Reads lines up to the end of a certificate. False when it is too long. */
static bool read_certificate(char *out)
{
    char line[128];
    size_t length = 0;
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        const size_t added = strlen(line);
        if (length + added + 2 > CA_MAX) {
            return false;
        }
        memcpy(out + length, line, added);
        length += added;
        out[length++] = '\n';
        out[length] = '\0';
        if (strcmp(line, CA_END) == 0) {
            return true;
        }
    }
    return false;
}

static int set_ca(int count, char **arguments)
{
    if (count == 2 && strcmp(arguments[1], "none") == 0) {
        return done(store_write_text(STORE_CA, ""));
    }
    if (count != 1) {
        return usage("ca [none]");
    }
    char *text = calloc(1, CA_MAX);
    printf("Paste the certificate (PEM) now.\n");
    const bool read = text != NULL && read_certificate(text);
    if (!read) {
        printf("That was no certificate of at most %d bytes.\n", CA_MAX);
    }
    const int result = read ? done(store_write_text(STORE_CA, text)) : 1;
    free(text);
    return result;
}

static int set_id(int count, char **arguments)
{
    if (count != 2 || !topic_id_is_valid(arguments[1])) {
        return usage("id NAME   (1 to 32 of A-Z a-z 0-9 _ -)");
    }
    return done(store_write_text(STORE_ID, arguments[1]));
}

static const char *shown(const char *text)
{
    return text[0] != '\0' ? text : "(not set)";
}

static const char *hidden(const char *text)
{
    return text[0] != '\0' ? "(set)" : "(not set)";
}

static int show(int count, char **arguments)
{
    (void)count;
    (void)arguments;
    struct config *config = calloc(1, sizeof *config);
    if (config == NULL) {
        return 1;
    }
    store_read_config(config);
    printf("wifi       %s, password %s\n", shown(config->ssid), hidden(config->wifi_password));
    printf("broker     %s%s\n", uri_valid(config->uri) ? uri_host(config->uri) : "(not set)",
           uri_secure(config->uri) ? " with TLS" : "");
    printf("user       %s, password %s\n", shown(config->user), hidden(config->password));
    printf("client id  %s\n", shown(config->client_id));
    printf("id         %s\n", config->id[0] != '\0' ? config->id : "(from the MAC)");
    printf("trust      %s\n", config->ca != NULL ? "own certificate" : "certificate bundle");
    free(config->ca);
    free(config);
    return 0;
}

static int restart(int count, char **arguments)
{
    (void)count;
    (void)arguments;
    restart_board();
    return 0;
}

static int reset(int count, char **arguments)
{
    if (count != 2 || strcmp(arguments[1], "yes") != 0) {
        return usage("reset yes   (forgets everything that is stored)");
    }
    return done(store_erase());
}

static const esp_console_cmd_t COMMANDS[] = {
    {.command = "wifi", .help = "set the Wi-Fi: wifi NAME [PASSWORD]", .func = set_wifi},
    {.command = "broker", .help = "set the broker: broker URI [USER [PASSWORD [CLIENT_ID]]]", .func = set_broker},
    {.command = "ca", .help = "trust a certificate of your own (then paste it): ca [none]", .func = set_ca},
    {.command = "id", .help = "set the device id: id NAME", .func = set_id},
    {.command = "show", .help = "show what is set", .func = show},
    {.command = "restart", .help = "restart the board", .func = restart},
    {.command = "reset", .help = "forget everything that is stored: reset yes", .func = reset},
};

static esp_err_t new_console(const esp_console_repl_config_t *config, esp_console_repl_t **console)
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

void console_start(void (*restart_wanted)(void))
{
    esp_console_repl_t *console = NULL;
    esp_console_repl_config_t config = ESP_CONSOLE_REPL_CONFIG_DEFAULT();
    config.prompt = "dash>";
    config.max_cmdline_length = LINE_BYTES;
    config.max_history_len = 1;
    restart_board = restart_wanted;
    esp_err_t err = new_console(&config, &console);
    for (size_t i = 0; err == ESP_OK && i < sizeof COMMANDS / sizeof COMMANDS[0]; i++) {
        err = esp_console_cmd_register(&COMMANDS[i]);
    }
    if (err == ESP_OK) {
        err = esp_console_start_repl(console);
    }
    if (err != ESP_OK) {
        ESP_LOGE(TAG, "no console: %s", esp_err_to_name(err));
    }
}
