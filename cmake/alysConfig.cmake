# SPDX-License-Identifier: Apache-2.0
#
# find_package(alys COMPONENTS actors ...): the targets alys::<component> of each component asked for and of those that it needs.
# Without COMPONENTS: alys::actors.
include("${CMAKE_CURRENT_LIST_DIR}/AlysDependencies.cmake")
if(NOT alys_FIND_COMPONENTS)
  set(alys_FIND_COMPONENTS actors)
endif()

set(alys_saved_module_path "${CMAKE_MODULE_PATH}")
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}") # FindCAF
alys_component_closure(alys_components ${alys_FIND_COMPONENTS})
foreach(alys_each IN LISTS alys_components)
  if(NOT EXISTS "${CMAKE_CURRENT_LIST_DIR}/alys-${alys_each}.cmake")
    set(alys_FOUND FALSE)
    set(alys_NOT_FOUND_MESSAGE "there is no component '${alys_each}' in ${CMAKE_CURRENT_LIST_DIR}")
    break()
  endif()
  alys_find_dependencies(${alys_each})
  include("${CMAKE_CURRENT_LIST_DIR}/alys-${alys_each}.cmake")
  set(alys_${alys_each}_FOUND TRUE)
endforeach()
set(CMAKE_MODULE_PATH "${alys_saved_module_path}")
