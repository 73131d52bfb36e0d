/* The configuration: how the board connects to its Wi-Fi and its broker. */
#ifndef CONFIG_H
#define CONFIG_H

/* All texts are terminated by NUL; an empty one means not configured. */
struct config {
    char ssid[33];
    char wifi_password[65];
    char uri[129];
    char user[129];
    char password[129];
    char client_id[65];
    char id[33];
    char *ca; /* CA certificate in PEM to trust instead of the certificate bundle, or NULL */
};

#endif
