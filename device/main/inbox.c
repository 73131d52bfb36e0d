/* A bounded FreeRTOS queue of copied fragments. */
#include "inbox.h"

#include <string.h>

#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"

enum { QUEUE_LENGTH = 16 };

/* A copy of a fragment. Payloads that are too long for the core are queued without their bytes: it rejects them by
 * their length. */
struct queued_fragment {
    char topic[TOPIC_BASE_MAX + 2 * TOPIC_NAME_MAX];
    uint8_t data[REASSEMBLY_MAX];
    size_t topic_length;
    size_t length;
    size_t offset;
    size_t total;
    bool retained;
};

static QueueHandle_t queue;

bool inbox_init(void)
{
    queue = xQueueCreate(QUEUE_LENGTH, sizeof(struct queued_fragment));
    return queue != NULL;
}

/* Copies the topic and returns its length. Of a topic that is too long, the beginning and the end are copied: the core
 * still recognizes "<base>/" and "/set". */
static size_t copy_topic(char *out, size_t size, const char *topic, size_t length)
{
    static const size_t SUFFIX_LENGTH = 4;
    if (length <= size) {
        memcpy(out, topic, length);
        return length;
    }
    memcpy(out, topic, size - SUFFIX_LENGTH);
    memcpy(out + size - SUFFIX_LENGTH, topic + length - SUFFIX_LENGTH, SUFFIX_LENGTH);
    return size;
}

bool inbox_push(const esp_mqtt_event_t *event)
{
    struct queued_fragment fragment;
    fragment.topic_length = 0;
    fragment.offset = (size_t)event->current_data_offset;
    fragment.total = (size_t)event->total_data_len;
    fragment.length = (size_t)event->data_len;
    fragment.retained = event->retain;
    if (fragment.total > REASSEMBLY_MAX && fragment.offset > 0) {
        /* The core has rejected the message with its first fragment. */
        return true;
    }
    if (fragment.offset == 0 && event->topic_len > 0) {
        fragment.topic_length =
            copy_topic(fragment.topic, sizeof fragment.topic, event->topic, (size_t)event->topic_len);
    }
    if (fragment.total > REASSEMBLY_MAX || fragment.length > REASSEMBLY_MAX) {
        fragment.length = 0;
    } else if (fragment.length > 0) {
        memcpy(fragment.data, event->data, fragment.length);
    }
    return xQueueSend(queue, &fragment, 0) == pdTRUE;
}

bool inbox_pop(struct device_fragment *fragment)
{
    static struct queued_fragment oldest;
    if (queue == NULL || xQueueReceive(queue, &oldest, 0) != pdTRUE) {
        return false;
    }
    *fragment = (struct device_fragment){
        .topic = oldest.topic,
        .topic_length = oldest.topic_length,
        .data = oldest.data,
        .length = oldest.length,
        .offset = oldest.offset,
        .total = oldest.total,
        .retained = oldest.retained,
    };
    return true;
}
