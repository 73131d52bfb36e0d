/* A minimal test framework: RUN runs a test, CHECK and CHECK_TEXT are its assertions. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static unsigned check_count;
static unsigned check_failures;
static unsigned check_tests;

/* Reports a failure if the condition is false, and continues. */
#define CHECK(condition) check_that((condition), #condition, __FILE__, __LINE__)

/* Reports a failure if the two strings differ, and continues. */
#define CHECK_TEXT(actual, expected) check_text((actual), (expected), __FILE__, __LINE__)

/* Runs a test function and prints its name and result. */
#define RUN(test)                                                                                                      \
    do {                                                                                                               \
        const unsigned failures_before = check_failures;                                                               \
        test();                                                                                                        \
        check_tests++;                                                                                                 \
        printf("%-4s %s\n", check_failures == failures_before ? "ok" : "FAIL", #test);                                 \
    } while (0)

static inline bool check_that(bool condition, const char *text, const char *file, int line)
{
    check_count++;
    if (!condition) {
        check_failures++;
        printf("%s:%d: check failed: %s\n", file, line, text);
    }
    return condition;
}

static inline bool check_text(const char *actual, const char *expected, const char *file, int line)
{
    check_count++;
    if (strcmp(actual, expected) == 0) {
        return true;
    }
    check_failures++;
    printf("%s:%d: expected \"%s\", got \"%s\"\n", file, line, expected, actual);
    return false;
}

/* Prints the totals. Returns the exit status of the test program. */
static inline int check_end(void)
{
    printf("%u tests, %u checks, %u failures\n", check_tests, check_count, check_failures);
    return check_failures == 0 ? 0 : 1;
}

#endif
