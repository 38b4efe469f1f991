# Run at every build: writes revision.h, and touches it only when it changes.
execute_process(COMMAND git describe --always --dirty --tags
                WORKING_DIRECTORY "${SOURCE_DIR}"
                OUTPUT_VARIABLE ACCEPTLAB_REVISION OUTPUT_STRIP_TRAILING_WHITESPACE
                ERROR_QUIET RESULT_VARIABLE failed)
if(failed OR NOT ACCEPTLAB_REVISION)
  set(ACCEPTLAB_REVISION "unknown")
endif()
configure_file("${SOURCE_DIR}/app/revision.h.in" "${OUTPUT}" @ONLY)
