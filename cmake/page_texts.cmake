# The files that src/view/page.cpp is made of, as texts of C++. The chart library, dygraphs, is
# taken from its Debian package, libjs-dygraphs, with its licence; where it is not installed, its
# texts are empty, and no pages can be made.
find_file(ANSATZ_DYGRAPHS_SCRIPT dygraph.min.js PATHS /usr/share/javascript/dygraphs
  NO_DEFAULT_PATH)
find_file(ANSATZ_DYGRAPHS_STYLE dygraph.min.css PATHS /usr/share/javascript/dygraphs
  NO_DEFAULT_PATH)
find_file(ANSATZ_DYGRAPHS_LICENCE copyright PATHS /usr/share/doc/libjs-dygraphs NO_DEFAULT_PATH)
mark_as_advanced(ANSATZ_DYGRAPHS_SCRIPT ANSATZ_DYGRAPHS_STYLE ANSATZ_DYGRAPHS_LICENCE)
if(ANSATZ_DYGRAPHS_SCRIPT AND ANSATZ_DYGRAPHS_STYLE AND ANSATZ_DYGRAPHS_LICENCE)
  set(dygraphs TRUE)
else()
  set(dygraphs FALSE)
  message(STATUS "dygraphs (libjs-dygraphs) is not here: ansatz report will say so")
endif()

function(write_text name path)
  set(text "")
  if(EXISTS "${path}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    file(READ ${path} text)
    # Of a comment the licence would be the end; a map of the sources is not part of the page.
    string(REPLACE "-->" "-- >" text "${text}")
    string(REGEX REPLACE "//# sourceMappingURL=[^\n]*" "" text "${text}")
    string(REGEX REPLACE "/\\*# sourceMappingURL=[^*]*\\*/" "" text "${text}")
  endif()
  file(CONFIGURE OUTPUT ${generated_folder}/${name}.inc CONTENT "R\"page(@text@)page\"\n" @ONLY)
endfunction()
if(dygraphs)
  write_text(chart_script ${ANSATZ_DYGRAPHS_SCRIPT})
  write_text(chart_style ${ANSATZ_DYGRAPHS_STYLE})
  write_text(chart_licence ${ANSATZ_DYGRAPHS_LICENCE})
else()
  write_text(chart_script "")
  write_text(chart_style "")
  write_text(chart_licence "")
endif()
write_text(page_script ${PROJECT_SOURCE_DIR}/src/view/page.js)
write_text(page_style ${PROJECT_SOURCE_DIR}/src/view/page.css)
