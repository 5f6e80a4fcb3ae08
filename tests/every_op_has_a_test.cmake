# dsl/ops/…/<name>.hpp needs tests/ops/<name>.cpp. A header there that defines no op says so in its
# first line: `(no op)`.
file(GLOB_RECURSE op_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/dsl/ops/*.hpp)
set(without_test "")
foreach(header ${op_headers})
  get_filename_component(name ${header} NAME_WE)
  file(STRINGS ${header} first_line LIMIT_COUNT 1)
  if(NOT name STREQUAL "op" AND NOT first_line MATCHES "[(]no op[)]"
     AND NOT EXISTS ${CMAKE_CURRENT_LIST_DIR}/ops/${name}.cpp)
    string(APPEND without_test "\n  ${header} has no tests/ops/${name}.cpp")
  endif()
endforeach()
if(without_test)
  message(FATAL_ERROR "Every op needs a test of its own:${without_test}\n"
    "A header that defines no op has `(no op)` in its first line.")
endif()
