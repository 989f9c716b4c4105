# SPDX-License-Identifier: Apache-2.0
#
# Libraries of this project.

# alys_library(<component> [INCLUDE <dir>])
# The library alys_<component> with its public name alys::<component>. Add sources with target_sources. INCLUDE is the folder of its public
# headers, `include` unless told otherwise; it is installed with the library.
function(alys_library component)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "INCLUDE" "")
  if(NOT arg_INCLUDE)
    set(arg_INCLUDE include)
  endif()
  set(target alys_${component})
  add_library(${target} STATIC)
  add_library(alys::${component} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${component} POSITION_INDEPENDENT_CODE ON)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/${arg_INCLUDE}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:alys_warnings>)
endfunction()
