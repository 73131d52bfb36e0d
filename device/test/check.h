/* A test harness in a few lines: CHECK counts and prints what is false, RUN names a test. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static unsigned check_count;
static unsigned check_failures;
static unsigned check_tests;

/* Fails the test program, but lets it go on, when `condition` is false. */
#define CHECK(condition) check_that((condition), #condition, __FILE__, __LINE__)

/* Fails when two texts differ and prints both. */
#define CHECK_TEXT(found, wanted) check_text((found), (wanted), __FILE__, __LINE__)

/* Runs one test function. */
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
        printf("%s:%d: not true: %s\n", file, line, text);
    }
    return condition;
}

static inline bool check_text(const char *found, const char *wanted, const char *file, int line)
{
    check_count++;
    if (strcmp(found, wanted) == 0) {
        return true;
    }
    check_failures++;
    printf("%s:%d: found \"%s\", wanted \"%s\"\n", file, line, found, wanted);
    return false;
}

/* Prints the sums; the result is the exit status. */
static inline int check_end(void)
{
    printf("%u tests, %u checks, %u failures\n", check_tests, check_count, check_failures);
    return check_failures == 0 ? 0 : 1;
}

#endif
