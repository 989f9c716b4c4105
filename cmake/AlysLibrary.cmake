# SPDX-License-Identifier: Apache-2.0
#
# Libraries of this project, and how they are installed: each is a component of the package `alys`.
include(CMakePackageConfigHelpers)
set(ALYS_PACKAGE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/alys")

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

  install(DIRECTORY "${arg_INCLUDE}/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
  alys_install_component(${component} ${target})
endfunction()

# alys_install_component(<component> <target>...): installs the targets as what find_package(alys COMPONENTS <component>) gives.
function(alys_install_component component)
  install(TARGETS ${ARGN} EXPORT alys-${component} ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT alys-${component} NAMESPACE alys:: FILE alys-${component}.cmake DESTINATION "${ALYS_PACKAGE_DIR}")
endfunction()

# alys_install_package(): installs what find_package reads.
function(alys_install_package)
  write_basic_package_version_file("${PROJECT_BINARY_DIR}/alysConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
  install(FILES cmake/alysConfig.cmake cmake/AlysDependencies.cmake cmake/FindCAF.cmake "${PROJECT_BINARY_DIR}/alysConfigVersion.cmake"
    DESTINATION "${ALYS_PACKAGE_DIR}")
endfunction()
