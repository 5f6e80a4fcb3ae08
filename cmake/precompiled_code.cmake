# What a precompiled header defines, compiled once: with clang, the units that use it hold no inline
# function of its headers, nor what they have made of templates, but find all that in one object.
# A quarter to a half of what a unit of tests of jobs costs without optimisation is that code. See
# clang's -fpch-codegen.
#
#   precompiled_code(name)
#
# `name` is an OBJECT library with a header that others reuse (REUSE_FROM): they must link
# $<TARGET_OBJECTS:name_code> as well, which this makes.
function(precompiled_code name)
  cmake_policy(SET CMP0119 OLD)  # a .pch is no text of C++, though its LANGUAGE is CXX
  target_compile_options(${name} PRIVATE -fpch-codegen -Wno-unused-command-line-argument)
  get_target_property(folder ${name} BINARY_DIR)
  set(header ${folder}/CMakeFiles/${name}.dir/cmake_pch.hxx.pch)
  add_library(${name}_code OBJECT ${header})
  set_source_files_properties(${header} PROPERTIES GENERATED ON LANGUAGE CXX
    OBJECT_DEPENDS ${header})
  foreach(property COMPILE_OPTIONS COMPILE_FEATURES LINK_LIBRARIES POSITION_INDEPENDENT_CODE)
    get_target_property(value ${name} ${property})
    if(NOT value STREQUAL "value-NOTFOUND")
      set_target_properties(${name}_code PROPERTIES ${property} "${value}")
    endif()
  endforeach()
  add_dependencies(${name}_code ${name})
endfunction()
