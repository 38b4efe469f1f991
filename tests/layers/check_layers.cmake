# Checks every #include of a source tree against the table of layers below.
#
#   cmake -DROOT=<tree> -P check_layers.cmake
#
# Fails after naming each offending line as file:line, the include and the rule it breaks.
cmake_minimum_required(VERSION 3.25)

# One row a folder: name | what of ours it may include beside its own folder: other folders, or
# single headers of one | libraries it may include | where those libraries may appear ("cc": in .cc
# files alone, "any": in headers too). "*" is everything. A row holds for subfolders that have none.
set(LAYERS
  "runtime/base  |                                         |                       | cc"
  "runtime/ports | runtime runtime/base                    |                       | cc"
  "runtime       | runtime/base runtime/ports              |                       | cc"
  "runtime/torch | runtime runtime/base runtime/ports      | libtorch zlib posix   | any"
  "runtime/data  | runtime runtime/base runtime/ports      | zlib posix            | cc"
  "runtime/device | runtime runtime/base runtime/ports     | zeromq posix          | any"
  "sim           | runtime runtime/base runtime/ports      | ns-3                  | any"
  "compression   | runtime/base runtime/ports runtime/device_profile.h | zstd isa-l posix   | cc"
  "compression/simd | compression runtime/base            | highway               | any"
  "predictor     | runtime/base runtime/ports runtime/device_profile.h | libtorch eigen     | cc"
  "partition     | runtime/base runtime/ports runtime/plan.h           | boost              | cc"
  "results       | runtime/base runtime/ports runtime/device_profile.h runtime/plan.h
                   runtime/samples.h                       | json fmt              | any"
  "scenarios     | runtime/base compression/codec_spec.h   | toml fmt              | cc"
  "app           | *                                       | *                     | any"
  "tests         | *                                       | *                     | any"
  "examples      | compression partition predictor runtime/base |           | cc"
  "bench         | *                                       | *                     | any"
)

# Which library an #include <...> belongs to. The C++ standard library is free for all.
set(LIBRARIES
  "libtorch|^(torch|ATen|c10|caffe2)/"
  "ns-3|^ns3/"
  "zeromq|^zmq(_addon)?\\.h"
  "highway|^hwy/"
  "zstd|^zstd\\.h$"
  "isa-l|^isa-l/"
  "lz4|^lz4\\.h$"
  "zfp|^zfp\\.h$"
  "blosc|^blosc\\.h$"
  "eigen|^Eigen/"
  "boost|^boost/"
  "json|^nlohmann/"
  "toml|^toml\\+\\+/"
  "zlib|^zlib\\.h$"
  "cli|^CLI/"
  "fmt|^fmt/"
  "googletest|^g(test|mock)/"
  "benchmark|^benchmark/"
  "posix|^((sys|netinet)/.+|dirent|dlfcn|fcntl|malloc|poll|pthread|sched|time|unistd)(\\.h)?$"
  "std|^[a-z0-9_]+$"
)

# Splits "a | b c | d" into the variables named.
macro(split_row row)
  string(REPLACE "|" ";" cells "${row}")
  foreach(variable IN ITEMS ${ARGN})
    list(POP_FRONT cells cell)
    string(STRIP "${cell}" cell)
    string(REGEX REPLACE "[ \n]+" ";" ${variable} "${cell}")
  endforeach()
endmacro()

# Sets `out` to the layer of a path from the root (the longest row that leads to it), else to "".
function(layer_of path out)
  set(best "")
  foreach(row IN LISTS LAYERS)
    split_row("${row}" name)
    string(LENGTH "${best}" best_length)
    string(LENGTH "${name}" length)
    string(FIND "${path}" "${name}/" at)
    if(at EQUAL 0 AND length GREATER best_length)
      set(best "${name}")
    endif()
  endforeach()
  set(${out} "${best}" PARENT_SCOPE)
endfunction()

function(library_of header out)
  foreach(row IN LISTS LIBRARIES)
    string(FIND "${row}" "|" bar)
    string(SUBSTRING "${row}" 0 ${bar} name)
    math(EXPR after "${bar} + 1")
    string(SUBSTRING "${row}" ${after} -1 pattern)
    if(header MATCHES "${pattern}")
      set(${out} "${name}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(${out} "" PARENT_SCOPE)
endfunction()

# Sets `out` to the rule that an #include "..." of ours breaks, else to "".
function(rule_of_own layer folders include out)
  set(rule "")
  layer_of("${include}" target)
  if(target STREQUAL "")
    set(rule "includes in quotes are rooted at the repository, in a folder of the table")
  elseif(NOT folders STREQUAL "*" AND NOT target STREQUAL layer AND NOT target IN_LIST folders
         AND NOT include IN_LIST folders)
    string(REPLACE ";" ", " allowed "${folders}")
    set(rule "${layer} may include of ours: ${layer}, ${allowed}; not ${target}")
  endif()
  set(${out} "${rule}" PARENT_SCOPE)
endfunction()

# Sets `out` to the rule that an #include <...> breaks, else to "".
function(rule_of_library layer libraries place file include out)
  set(rule "")
  library_of("${include}" library)
  string(REPLACE ";" ", " allowed "${libraries}")
  if(library STREQUAL "")
    set(rule "no library of the table has this header")
  elseif(library STREQUAL "std")
  elseif(NOT libraries STREQUAL "*" AND NOT library IN_LIST libraries)
    set(rule "${layer} may include of libraries: std, ${allowed}; not ${library}")
  elseif(place STREQUAL "cc" AND file MATCHES "\\.h$")
    set(rule "${layer} may include ${library} in .cc files only")
  endif()
  set(${out} "${rule}" PARENT_SCOPE)
endfunction()

# Sets `out` to the number of the first line of the file that holds this text.
function(line_number file text out)
  file(READ "${file}" content)
  string(FIND "${content}" "${text}" at)
  string(SUBSTRING "${content}" 0 ${at} before)
  string(REGEX REPLACE "[^\n]" "" newlines "${before}")
  string(LENGTH "${newlines}" count)
  math(EXPR count "${count} + 1")
  set(${out} ${count} PARENT_SCOPE)
endfunction()

# Prints the violations of one file and adds their number to `violations`.
function(check_file file)
  layer_of("${file}" layer)
  foreach(row IN LISTS LAYERS)
    split_row("${row}" name folders libraries place)
    if(name STREQUAL layer)
      break()
    endif()
  endforeach()
  file(STRINGS "${ROOT}/${file}" lines REGEX "^[ \t]*#[ \t]*include[ \t]*[\"<]")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "([\"<])([^\">]+)[\">]" quoted "${line}")
    set(include "${CMAKE_MATCH_2}")
    if(CMAKE_MATCH_1 STREQUAL "<")
      rule_of_library("${layer}" "${libraries}" "${place}" "${file}" "${include}" rule)
    else()
      rule_of_own("${layer}" "${folders}" "${include}" rule)
    endif()
    if(NOT rule STREQUAL "")
      line_number("${ROOT}/${file}" "${line}" number)
      message(NOTICE "${file}:${number}: #include ${quoted}: ${rule}")
      math(EXPR violations "${violations} + 1")
    endif()
  endforeach()
  set(violations ${violations} PARENT_SCOPE)
endfunction()

file(REAL_PATH "${ROOT}" ROOT)

# Every folder at the top of the tree is searched, but for what is no source of ours.
file(GLOB tops RELATIVE "${ROOT}" "${ROOT}/*")
list(FILTER tops EXCLUDE REGEX "^(build.*|runs)$")
set(files "")
foreach(top IN LISTS tops)
  file(GLOB_RECURSE found RELATIVE "${ROOT}" "${ROOT}/${top}/*.h" "${ROOT}/${top}/*.cc")
  list(APPEND files ${found})
endforeach()

set(violations 0)
foreach(file IN LISTS files)
  layer_of("${file}" layer)
  if(layer STREQUAL "")
    message(NOTICE "${file}:1: its folder is not in the table of layers")
    math(EXPR violations "${violations} + 1")
  else()
    check_file("${file}")
  endif()
endforeach()

list(LENGTH files count)
if(count EQUAL 0)
  message(FATAL_ERROR "no sources under '${ROOT}'")
elseif(violations GREATER 0)
  message(FATAL_ERROR "${violations} includes cross the layers (table: ${CMAKE_CURRENT_LIST_FILE})")
endif()
message(NOTICE "${count} files keep to the layers")
