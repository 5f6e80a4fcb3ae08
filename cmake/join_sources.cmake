# Sources compiled together: headers are read, and templates made, once for a unit of several: eight
# of src/session take 8 s instead of 22. Who works on the sources turns it off.
#
#   join_sources(variable folder per output [ALONE regex])
#
# In the list `variable`, the sources below `folder` give way to units of at most `per` of one
# folder in it, made in `output`; those with options or definitions of their own, and those that
# the regular expression matches, stay. A unit names its sources as from `folder`, which must be a
# folder of headers of the target: so a compiler cache serves clones of this repository alike.
option(ANSATZ_JOIN_SOURCES "Compile several sources of a folder at once" ON)

function(join_sources variable folder per output)
  cmake_parse_arguments(PARSE_ARGV 4 join "" "ALONE" "")
  if(NOT ANSATZ_JOIN_SOURCES)
    return()
  endif()
  # What is in another source's unnamed namespace is not shadowed, and is not of a header.
  set(joined_options -Wno-shadow)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND joined_options -Wshadow=local -Wno-subobject-linkage)
  endif()
  set(kept "")
  set(areas "")
  foreach(source ${${variable}})
    get_source_file_property(options ${source} COMPILE_OPTIONS)
    get_source_file_property(definitions ${source} COMPILE_DEFINITIONS)
    get_source_file_property(without_header ${source} SKIP_PRECOMPILE_HEADERS)
    file(RELATIVE_PATH name ${folder} ${source})
    if(options OR definitions OR without_header OR name MATCHES "^[.][.]/"
        OR (join_ALONE AND name MATCHES "${join_ALONE}"))
      list(APPEND kept ${source})
      continue()
    endif()
    set(area "sources")  # those of the folder itself
    if(name MATCHES "^([^/]*)/")
      set(area "${CMAKE_MATCH_1}")
    endif()
    list(APPEND areas "${area}")
    list(APPEND "of_${area}" ${name})
  endforeach()
  list(REMOVE_DUPLICATES areas)
  foreach(area ${areas})
    # Units of nearly equal length.
    list(LENGTH "of_${area}" length)
    math(EXPR units "(${length} + ${per} - 1) / ${per}")
    math(EXPR last "${units} - 1")
    string(REPLACE "/" "_" unit_name "${area}")
    foreach(unit RANGE ${last})
      math(EXPR begin "${unit} * ${length} / ${units}")
      math(EXPR count "(${unit} + 1) * ${length} / ${units} - ${begin}")
      list(SUBLIST "of_${area}" ${begin} ${count} names)
      list(TRANSFORM names PREPEND "#include \"")
      list(TRANSFORM names APPEND "\"\n")
      list(JOIN names "" text)
      set(path ${output}/${unit_name}_${unit}.cpp)
      set_source_files_properties(${path} PROPERTIES COMPILE_OPTIONS "${joined_options}")
      file(CONFIGURE OUTPUT ${path} CONTENT "${text}" @ONLY)
      list(APPEND kept ${path})
    endforeach()
  endforeach()
  set(${variable} ${kept} PARENT_SCOPE)
endfunction()
