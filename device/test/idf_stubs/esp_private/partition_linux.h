/* Stub of ESP-IDF's esp_private/partition_linux.h; see README.md. */
#ifndef STUB_ESP_PRIVATE_PARTITION_LINUX_H
#define STUB_ESP_PRIVATE_PARTITION_LINUX_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

typedef struct {
    char flash_file_name[PATH_MAX];
    size_t flash_file_size;
    char partition_file_name[PATH_MAX];
    bool remove_dump;
} esp_partition_file_mmap_ctrl_t;

esp_partition_file_mmap_ctrl_t *esp_partition_get_file_mmap_ctrl_input(void);

#endif
