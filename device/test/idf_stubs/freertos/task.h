/* Stub of ESP-IDF's freertos/task.h; see README.md. */
#ifndef STUB_FREERTOS_TASK_H
#define STUB_FREERTOS_TASK_H

#include "freertos/FreeRTOS.h"

typedef struct tskTaskControlBlock *TaskHandle_t;
typedef void (*TaskFunction_t)(void *argument);

BaseType_t xTaskCreate(TaskFunction_t task, const char *name, uint32_t stack, void *argument, UBaseType_t priority,
                       TaskHandle_t *handle);
TaskHandle_t xTaskGetCurrentTaskHandle(void);
TickType_t xTaskGetTickCount(void);
BaseType_t xTaskNotifyGive(TaskHandle_t task);
void vTaskNotifyGiveFromISR(TaskHandle_t task, BaseType_t *woken);
uint32_t ulTaskNotifyTake(BaseType_t clear, TickType_t ticks);
void vTaskPrioritySet(TaskHandle_t task, UBaseType_t priority);
void vTaskDelay(TickType_t ticks);

#endif
