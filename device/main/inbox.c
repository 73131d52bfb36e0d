/* A bounded queue of copied pieces between ESP-MQTT's task and the owner's. */
#include "inbox.h"

#include <string.h>

#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"

enum { QUEUE_LENGTH = 16 };

/* A copied piece of a message. Payloads over the core's limit come with their length but without bytes. */
struct copied_piece {
    char topic[TOPIC_BASE_MAX + 2 * TOPIC_NAME_MAX];
    uint8_t data[REASSEMBLY_MAX];
    size_t topic_length;
    size_t length;
    size_t offset;
    size_t total;
    bool retained;
};

static QueueHandle_t pieces;

bool inbox_open(void)
{
    pieces = xQueueCreate(QUEUE_LENGTH, sizeof(struct copied_piece));
    return pieces != NULL;
}

/* Copies the topic; of one that is too long the beginning and the end, which say what it is. */
static size_t copy_topic(char *out, size_t size, const char *topic, size_t length)
{
    static const size_t END = 4;
    if (length <= size) {
        memcpy(out, topic, length);
        return length;
    }
    memcpy(out, topic, size - END);
    memcpy(out + size - END, topic + length - END, END);
    return size;
}

bool inbox_put(const esp_mqtt_event_t *event)
{
    struct copied_piece piece;
    piece.topic_length = 0;
    piece.offset = (size_t)event->current_data_offset;
    piece.total = (size_t)event->total_data_len;
    piece.length = (size_t)event->data_len;
    piece.retained = event->retain;
    if (piece.total > REASSEMBLY_MAX && piece.offset > 0) {
        return true;
    }
    if (piece.offset == 0 && event->topic_len > 0) {
        piece.topic_length = copy_topic(piece.topic, sizeof piece.topic, event->topic, (size_t)event->topic_len);
    }
    if (piece.total > REASSEMBLY_MAX || piece.length > REASSEMBLY_MAX) {
        piece.length = 0;
    } else if (piece.length > 0) {
        memcpy(piece.data, event->data, piece.length);
    }
    return xQueueSend(pieces, &piece, 0) == pdTRUE;
}

bool inbox_take(struct device_fragment *piece)
{
    static struct copied_piece taken;
    if (pieces == NULL || xQueueReceive(pieces, &taken, 0) != pdTRUE) {
        return false;
    }
    *piece = (struct device_fragment){
        .topic = taken.topic,
        .topic_length = taken.topic_length,
        .data = taken.data,
        .length = taken.length,
        .offset = taken.offset,
        .total = taken.total,
        .retained = taken.retained,
    };
    return true;
}
