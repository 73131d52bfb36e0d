# Runs example.in and compares the output with example.out.
execute_process(COMMAND ${SIMULATOR} INPUT_FILE ${EXAMPLE}.in OUTPUT_VARIABLE actual RESULT_VARIABLE status)
file(READ ${EXAMPLE}.out expected)
if(NOT status EQUAL 0 OR NOT actual STREQUAL expected)
    message(FATAL_ERROR "simulator: exit status ${status}; the output differs from example.out:\n${actual}")
endif()
