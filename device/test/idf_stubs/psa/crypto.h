/* Stub of PSA's crypto.h, part of ESP-IDF 6; see README.md. */
#ifndef STUB_PSA_CRYPTO_H
#define STUB_PSA_CRYPTO_H

#include <stdint.h>

typedef int32_t psa_status_t;

#define PSA_SUCCESS ((psa_status_t)0)

psa_status_t psa_crypto_init(void);

#endif
