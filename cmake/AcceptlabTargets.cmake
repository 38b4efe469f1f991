# How a folder of this project becomes a target.

add_library(acceptlab_flags INTERFACE)
target_compile_options(acceptlab_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow
                       -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wunused)
# GCC 12 at -O3 sees uninitialised members in every std::variant or std::optional of strings.
target_compile_options(acceptlab_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
if(ACCEPTLAB_WERROR)
  target_compile_options(acceptlab_flags INTERFACE -Werror)
endif()
# Results must not depend on whether the compiler fused a multiply and an add.
target_compile_options(acceptlab_flags INTERFACE -ffp-contract=off)
if(ACCEPTLAB_SANITIZE)
  target_compile_options(acceptlab_flags INTERFACE -fsanitize=${ACCEPTLAB_SANITIZE}
                         -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(acceptlab_flags INTERFACE -fsanitize=${ACCEPTLAB_SANITIZE})
endif()

# acceptlab_library(NAME SOURCES ... HEADERS ... [PUBLIC targets] [PRIVATE targets])
# Makes acceptlab_NAME with alias acceptlab::NAME; includes are rooted at the repository.
function(acceptlab_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
  set(target acceptlab_${name})
  if(ARG_SOURCES)
    add_library(${target} STATIC)
    target_sources(${target} PRIVATE ${ARG_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:acceptlab_flags>)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(acceptlab::${name} ALIAS ${target})
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}"
                 FILES ${ARG_HEADERS})
  target_compile_features(${target} ${scope} cxx_std_17)
  target_link_libraries(${target} ${scope} ${ARG_PUBLIC})
  if(ARG_PRIVATE)
    target_link_libraries(${target} PRIVATE ${ARG_PRIVATE})
  endif()
  set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()

# acceptlab_export(SET NAME...): libraries that `cmake --install` installs, as acceptlab::NAME of the
# export set SET. Headers keep their path below include/acceptlab.
function(acceptlab_export set)
  foreach(name IN LISTS ARGN)
    set_target_properties(acceptlab_${name} PROPERTIES EXPORT_NAME ${name})
    install(TARGETS acceptlab_${name} EXPORT ${set}
            ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
            FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/acceptlab")
  endforeach()
  install(EXPORT ${set} NAMESPACE acceptlab:: FILE ${set}.cmake
          DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/acceptlab")
endfunction()

# acceptlab_test(NAME LABEL label SOURCES ... LIBRARIES ...)
function(acceptlab_test name)
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE acceptlab_flags ${ARG_LIBRARIES} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
                             ACCEPTLAB_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT 600 DISCOVERY_TIMEOUT 60)
endfunction()
