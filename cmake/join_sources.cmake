# Sources compiled together: headers are read, and templates made, once for a unit of several: eight
# of src/session take 8 s instead of 22. Who works on the sources turns it off.
#
#   join_sources(variable folder per output [ALONE regex])
#
# In the list `variable`, the sources below `folder` give way to units of at most `per` of one
# folder in it and of the same options, made in `output`; those with definitions of their own, and
# those that the regular expression matches, stay. A unit names its sources as from `folder`, which
# must be a folder of headers of the target: so a compiler cache serves clones of this repository
# alike.
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
  set(groups "")
  foreach(source ${${variable}})
    foreach(property COMPILE_OPTIONS COMPILE_DEFINITIONS SKIP_PRECOMPILE_HEADERS)
      get_source_file_property(${property} ${source} ${property})
      if(NOT ${property})
        set(${property} "")
      endif()
    endforeach()
    file(RELATIVE_PATH name ${folder} ${source})
    if(COMPILE_DEFINITIONS OR name MATCHES "^[.][.]/"
        OR (join_ALONE AND name MATCHES "${join_ALONE}"))
      list(APPEND kept ${source})
      continue()
    endif()
    set(group "sources")  # those of the folder itself
    if(name MATCHES "^([^/]*)/")
      set(group "${CMAKE_MATCH_1}")
    endif()
    if(COMPILE_OPTIONS OR SKIP_PRECOMPILE_HEADERS)
      string(MD5 hash "${COMPILE_OPTIONS} ${SKIP_PRECOMPILE_HEADERS}")
      string(SUBSTRING ${hash} 0 4 hash)
      string(APPEND group "_${hash}")
    endif()
    list(APPEND groups "${group}")
    list(APPEND "of_${group}" ${name})
    set("options_${group}" "${COMPILE_OPTIONS}")
    set("skip_${group}" "${SKIP_PRECOMPILE_HEADERS}")
  endforeach()
  list(REMOVE_DUPLICATES groups)
  foreach(group ${groups})
    # Units of nearly equal length.
    list(LENGTH "of_${group}" length)
    math(EXPR units "(${length} + ${per} - 1) / ${per}")
    math(EXPR last "${units} - 1")
    foreach(unit RANGE ${last})
      math(EXPR begin "${unit} * ${length} / ${units}")
      math(EXPR count "(${unit} + 1) * ${length} / ${units} - ${begin}")
      list(SUBLIST "of_${group}" ${begin} ${count} names)
      list(TRANSFORM names PREPEND "#include \"")
      list(TRANSFORM names APPEND "\"\n")
      list(JOIN names "" text)
      set(path ${output}/${group}_${unit}.cpp)
      set_source_files_properties(${path} PROPERTIES
        COMPILE_OPTIONS "${options_${group}};${joined_options}")
      if(skip_${group})
        set_source_files_properties(${path} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
      endif()
      file(CONFIGURE OUTPUT ${path} CONTENT "${text}" @ONLY)
      list(APPEND kept ${path})
    endforeach()
  endforeach()
  set(${variable} ${kept} PARENT_SCOPE)
endfunction()
