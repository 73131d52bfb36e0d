# Checks the sources of main/ for every target, against the declarations in idf_stubs/.
set(MAIN ${CMAKE_CURRENT_SOURCE_DIR}/../main)
set(COMMON_SOURCES main inbox mqtt_connection mqtt_error status_led store uri)
set(CHIP_SOURCES ${COMMON_SOURCES} board console lamp_led sensors wifi)
set(LINUX_SOURCES ${COMMON_SOURCES} port_linux)

function(check_firmware name sources)
    list(TRANSFORM sources PREPEND ${MAIN}/)
    list(TRANSFORM sources APPEND .c)
    add_test(NAME firmware_${name}
             COMMAND ${CMAKE_C_COMPILER} -std=gnu17 -fsyntax-only -Wall -Wextra -Wconversion -Wshadow -Werror
                     ${ARGN} -I${CMAKE_CURRENT_SOURCE_DIR}/idf_stubs -I${CMAKE_CURRENT_SOURCE_DIR}/../core -I${MAIN}
                     ${sources})
endfunction()

check_firmware(esp32 "${CHIP_SOURCES}" -DCONFIG_IDF_TARGET_ESP32=1)
check_firmware(esp32s3 "${CHIP_SOURCES}" -DCONFIG_IDF_TARGET_ESP32S3=1)
check_firmware(esp32c3 "${CHIP_SOURCES}" -DCONFIG_IDF_TARGET_ESP32C3=1)
check_firmware(esp32c3_usb "${CHIP_SOURCES}" -DCONFIG_IDF_TARGET_ESP32C3=1 -DSTUB_USB_CONSOLE=1)
check_firmware(linux "${LINUX_SOURCES}" -DCONFIG_IDF_TARGET_LINUX=1)
check_firmware(linux_6 "${LINUX_SOURCES}" -DCONFIG_IDF_TARGET_LINUX=1 -DESP_IDF_VERSION_MAJOR=6)
