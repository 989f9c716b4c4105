# SPDX-License-Identifier: Apache-2.0
#
# Every public header compiles alone, and so does the example in the comment that opens it.
set(ALYS_EXAMPLE_EXTRACTOR "${CMAKE_CURRENT_LIST_DIR}/documentation_example.awk")

# alys_header_checks(<name> <include folder> <library>...)
# The target header_checks_<name>, not part of `all`: compiles each header below the folder first and alone, and then its example, at
# namespace scope, with <chrono>, <string> and the chrono literals at hand. Headers in a folder `detail` need no example.
function(alys_header_checks name folder)
  cmake_path(ABSOLUTE_PATH folder NORMALIZE)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${folder}" "${folder}/*.hpp")
  if(NOT headers)
    message(FATAL_ERROR "alys_header_checks: no header in ${folder}")
  endif()
  set(sources "")
  foreach(header IN LISTS headers)
    set(source "${CMAKE_CURRENT_BINARY_DIR}/header_checks_${name}/${header}.cpp")
    list(APPEND sources "${source}")
    set(opening "#include <${header}>\\n#include <chrono>\\n#include <string>\\nusing namespace std::chrono_literals;\\n")
    if(header MATCHES "/detail/")
      file(GENERATE OUTPUT "${source}" CONTENT "#include <${header}>\n")
    else()
      cmake_path(GET source PARENT_PATH parent)
      file(MAKE_DIRECTORY "${parent}")
      add_custom_command(OUTPUT "${source}"
        COMMAND sh -c "{ printf '${opening}' && awk -f '${ALYS_EXAMPLE_EXTRACTOR}' '${folder}/${header}' ; } > '${source}'"
        DEPENDS "${folder}/${header}" "${ALYS_EXAMPLE_EXTRACTOR}"
        COMMENT "Example of <${header}>" VERBATIM)
    endif()
  endforeach()
  add_library(header_checks_${name} OBJECT EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(header_checks_${name} PRIVATE ${ARGN})
endfunction()
