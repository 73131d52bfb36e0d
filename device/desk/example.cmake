# Runs the example and compares what comes out with what is written down.
execute_process(COMMAND ${DESK} INPUT_FILE ${HERE}/example.in OUTPUT_VARIABLE found RESULT_VARIABLE status)
file(READ ${HERE}/example.out wanted)
if(NOT status EQUAL 0 OR NOT found STREQUAL wanted)
    message(FATAL_ERROR "the desk answers example.in with:\n${found}")
endif()
