# Checks the sources of main/ against the stand-ins in idf_stubs/, for every target.
set(MAIN ${CMAKE_CURRENT_SOURCE_DIR}/../main)
set(ON_A_CHIP main broker inbox signal_led store uri board console lamp_led sensors wifi)
set(ON_LINUX main broker inbox signal_led store uri port_linux)

function(check_firmware name sources)
    list(TRANSFORM sources PREPEND ${MAIN}/)
    list(TRANSFORM sources APPEND .c)
    add_test(NAME firmware_${name}
             COMMAND ${CMAKE_C_COMPILER} -std=gnu17 -fsyntax-only -Wall -Wextra -Wconversion -Wshadow -Werror
                     ${ARGN} -I${CMAKE_CURRENT_SOURCE_DIR}/idf_stubs -I${CMAKE_CURRENT_SOURCE_DIR}/../core -I${MAIN}
                     ${sources})
endfunction()

check_firmware(esp32 "${ON_A_CHIP}" -DCONFIG_IDF_TARGET_ESP32=1)
check_firmware(esp32s3 "${ON_A_CHIP}" -DCONFIG_IDF_TARGET_ESP32S3=1)
check_firmware(esp32c3 "${ON_A_CHIP}" -DCONFIG_IDF_TARGET_ESP32C3=1)
check_firmware(esp32c3_usb "${ON_A_CHIP}" -DCONFIG_IDF_TARGET_ESP32C3=1 -DSTUB_USB_CONSOLE=1)
check_firmware(linux "${ON_LINUX}" -DCONFIG_IDF_TARGET_LINUX=1)
check_firmware(linux_6 "${ON_LINUX}" -DCONFIG_IDF_TARGET_LINUX=1 -DESP_IDF_VERSION_MAJOR=6)
