# SPDX-License-Identifier: Apache-2.0
#
# What each component needs: of the others, and from outside. The build and the installed package both ask here, so that they cannot
# disagree.
set(ALYS_NEEDS_testkit actors)
set(ALYS_NEEDS_actors_toml actors)
set(ALYS_NEEDS_actors_prometheus actors)
set(ALYS_NEEDS_domain_rules actors)
set(ALYS_NEEDS_domain domain_rules)

# alys_component_closure(<variable> <component>...): these components after all that they need.
function(alys_component_closure variable)
  set(all "")
  foreach(component IN LISTS ARGN)
    alys_component_closure(needed ${ALYS_NEEDS_${component}})
    list(APPEND all ${needed} ${component})
  endforeach()
  list(REMOVE_DUPLICATES all)
  set(${variable} ${all} PARENT_SCOPE)
endfunction()

# alys_find_dependencies(<component>...): finds the outside libraries that exactly these components link.
macro(alys_find_dependencies)
  foreach(alys_component IN ITEMS ${ARGN})
    if(alys_component STREQUAL "actors")
      find_package(Threads REQUIRED)
      find_package(CAF 0.17.6 REQUIRED)
      find_package(fmt REQUIRED)
    elseif(alys_component STREQUAL "actors_toml")
      find_package(tomlplusplus REQUIRED)
    elseif(alys_component STREQUAL "actors_prometheus")
      find_package(prometheus-cpp REQUIRED)
    elseif(alys_component STREQUAL "domain_rules")
      find_package(Boost 1.74 REQUIRED)
      find_package(PkgConfig REQUIRED)
      pkg_check_modules(secp256k1 REQUIRED IMPORTED_TARGET libsecp256k1)
      pkg_check_modules(cryptopp REQUIRED IMPORTED_TARGET libcrypto++)
    elseif(alys_component STREQUAL "domain")
      find_package(Protobuf REQUIRED)
      find_package(leveldb REQUIRED)
      find_package(nlohmann_json REQUIRED)
    endif()
  endforeach()
endmacro()
