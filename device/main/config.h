/* How the board reaches its Wi-Fi and its broker. */
#ifndef CONFIG_H
#define CONFIG_H

/* All texts end in NUL; an empty one is not set. Room for each includes the NUL. */
struct config {
    char ssid[33];
    char wifi_password[65];
    char uri[129];
    char user[129];
    char password[129];
    char client_id[65];
    char id[33];
    char *ca; /* a certificate in PEM to trust instead of the bundle, or NULL */
};

#endif
