# Tests check_layers.cmake on a small tree in which it plants one line.
#
#   cmake -DCHECK=<check_layers.cmake> -DTREE=<folder to fill> -DFILE=<path> -DLINE=<text>
#         [-DRULE=<part of the message expected> [-DAT=<its line>]] -P check_layers_test.cmake
#
# Without RULE the tree must pass. LINE is on line 2 of FILE.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${TREE}")
file(WRITE "${TREE}/runtime/base/units.h" "#pragma once\n\n#include <cstdint>\n")
file(WRITE "${TREE}/runtime/frame.h" "#pragma once\n\n#include \"runtime/base/units.h\"\n")
file(WRITE "${TREE}/sim/network.cc" "#include <ns3/core-module.h>\n\n#include \"runtime/frame.h\"\n")
file(WRITE "${TREE}/build/dev/generated.cc" "#include \"not/checked.h\"\n")
file(WRITE "${TREE}/${FILE}" "// A comment on line 1; then [the] line.\n${LINE}\n")

execute_process(COMMAND "${CMAKE_COMMAND}" "-DROOT=${TREE}" -P "${CHECK}"
                RESULT_VARIABLE code ERROR_VARIABLE messages OUTPUT_VARIABLE messages)
message(NOTICE "${messages}")
if(NOT DEFINED RULE)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "the check refused a tree that keeps to the layers")
  endif()
  return()
endif()

if(code EQUAL 0)
  message(FATAL_ERROR "the check passed '${LINE}' in ${FILE}")
endif()
if(NOT DEFINED AT)
  set(AT 2)
endif()
string(FIND "${messages}" "${FILE}:${AT}: " at)
if(at EQUAL -1)
  message(FATAL_ERROR "the check did not name ${FILE}:${AT}")
endif()
string(FIND "${messages}" "${RULE}" at)
if(at EQUAL -1)
  message(FATAL_ERROR "the check did not give the rule '${RULE}'")
endif()
