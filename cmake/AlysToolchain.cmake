# SPDX-License-Identifier: Apache-2.0
#
# How everything here is compiled: language level, warnings, sanitizers, and the faster tools where the machine has them.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Linked privately by our own targets, so that neither third-party code nor a user of the package gets them.
add_library(alys_warnings INTERFACE)
target_compile_options(alys_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow $<$<BOOL:${ALYS_WERROR}>:-Werror>)

# ccache keeps what is compiled with a precompiled header only if it is told that __TIME__ and unused macros do not matter; with paths relative
# to the sources, and without the folder of the build, another clone finds it too. What it does not have it compiles at once, without running the
# preprocessor alone before: that took 30 % longer.
find_program(ALYS_CCACHE ccache)
if(ALYS_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER "${ALYS_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
      "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" "${ALYS_CCACHE}")
endif()

# alys_precompile(<target> <arguments of target_precompile_headers>): precompiles what the target's sources include most.
function(alys_precompile target)
  target_precompile_headers(${target} ${ARGN})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU") # options for ccache
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  else()
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()

# The same for what is no test: not with clang, so that it sees a header that a source or a header forgot to include.
function(alys_precompile_product target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    alys_precompile(${target} ${ARGN})
  endif()
endfunction()

find_program(ALYS_MOLD mold)
if(ALYS_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(ALYS_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang") # g++ then takes no address for a constant
    # vptr checks need the type information of libraries that were built without it.
    add_compile_options(-fsanitize=undefined -fno-sanitize=vptr -fno-sanitize-recover=undefined)
    add_link_options(-fsanitize=undefined)
  endif()
elseif(ALYS_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
  # What the sanitizer puts in hides from g++ that a variant's other alternative is the one in use.
  target_compile_options(alys_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  # g++ says of a fence that its sanitizer does not know it. Only Asio has them, between operations of one thread.
  target_compile_options(alys_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
elseif(ALYS_SANITIZE STREQUAL "fuzzer")
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=vptr -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(ALYS_SANITIZE)
  message(FATAL_ERROR "ALYS_SANITIZE is '${ALYS_SANITIZE}'; allowed: empty, address, thread, fuzzer")
endif()
