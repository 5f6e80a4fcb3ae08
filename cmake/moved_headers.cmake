# Headers that moved are still found where they were: for each line "old new" of moved_headers.txt
# a header of the old name that includes the new one. Programs of users need not change.
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/moved_headers.txt moved)
foreach(line ${moved})
  string(REPLACE " " ";" line "${line}")
  list(GET line 0 old)
  list(GET line 1 new)
  file(CONFIGURE OUTPUT ${made_headers}/${old} @ONLY
    CONTENT "// Moved: this is <${new}> now.\n#pragma once\n\n#include <${new}>\n")
endforeach()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${CMAKE_CURRENT_LIST_DIR}/moved_headers.txt)
