# SPDX-License-Identifier: Apache-2.0
#
# Keeps a test file from lying beside the build: whatever uses a source under tests/ claims it, and one that nobody claimed is an error.

# alys_claim_test_sources(<file>...): these files belong to a test. Relative to the current folder.
function(alys_claim_test_sources)
  foreach(file IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH file NORMALIZE)
    set_property(GLOBAL APPEND PROPERTY ALYS_CLAIMED_TEST_SOURCES "${file}")
  endforeach()
endfunction()

# alys_check_test_sources(<root> <severity>): a message of that severity names every source below <root> that nobody claimed.
function(alys_check_test_sources root severity)
  get_property(claimed GLOBAL PROPERTY ALYS_CLAIMED_TEST_SOURCES)
  file(GLOB_RECURSE unclaimed CONFIGURE_DEPENDS "${root}/*.cpp")
  list(REMOVE_ITEM unclaimed ${claimed})
  if(unclaimed)
    list(JOIN unclaimed "\n  " names)
    message(${severity} "Test files that no target names:\n  ${names}")
  endif()
endfunction()
