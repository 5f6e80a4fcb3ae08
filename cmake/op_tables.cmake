# Read from the ops' headers, so that no list is kept by hand:
#
#   write_op_table(folder file)    op_table.inc: how C++ names each op that fused loops apply, and
#                                  the header that has it
#   write_ops_header(folder file)  dsl/ops.hpp, which includes all ops
#
# Also a script: cmake -D OPS_FOLDER=dsl/ops -D OP_TABLE=op_table.inc -D OPS_HEADER=dsl/ops.hpp -P …
if(CMAKE_SCRIPT_MODE_FILE)
  cmake_minimum_required(VERSION 3.25)
endif()

include(${CMAKE_CURRENT_LIST_DIR}/headers_of.cmake)

function(write_op_table folder file)
  headers_of(${folder} headers)
  set(rows "")
  foreach(header ${headers})
    file(RELATIVE_PATH name ${folder} ${header})
    file(STRINGS ${header} lines REGEX "^struct [A-Za-z0-9_]+ : Elementwise<")
    foreach(line ${lines})
      string(REGEX REPLACE "^struct ([A-Za-z0-9_]+) .*" "\\1" op "${line}")
      string(APPEND rows "{ir::info_of<ops::${op}>, \"${op}\", \"${name}\"},\n")
    endforeach()
  endforeach()
  file(CONFIGURE OUTPUT ${file} CONTENT "${rows}" @ONLY)
endfunction()

# An op stands below those it is made of: then each is included from here first, and a compiler that
# says where a function was declared lists few headers on the way.
function(write_ops_header folder file)
  headers_of(${folder} headers)
  set(left "")
  foreach(header ${headers})
    file(RELATIVE_PATH name ${folder} ${header})
    file(STRINGS ${header} first_line LIMIT_COUNT 1)
    file(STRINGS ${header} lines REGEX "^#include <dsl/ops/.*>")
    list(TRANSFORM lines REPLACE "^#include <dsl/ops/(.*)>.*" "\\1")
    set(below_${name} ${lines})
    set(is_op_${name} TRUE)
    if(name MATCHES "^[^/]*$" OR first_line MATCHES "[(]no op[)]")
      set(is_op_${name} FALSE)
    endif()
    list(APPEND left ${name})
  endforeach()
  set(text "")
  while(left)
    set(now "")
    foreach(name ${left})
      set(waits ${below_${name}})
      list(FILTER waits EXCLUDE REGEX "^$")
      set(ready TRUE)
      foreach(other ${waits})
        if(other IN_LIST left)
          set(ready FALSE)
        endif()
      endforeach()
      if(ready)
        list(APPEND now ${name})
      endif()
    endforeach()
    if(NOT now)
      message(FATAL_ERROR "These headers of ops include each other: ${left}")
    endif()
    list(REMOVE_ITEM left ${now})
    set(group "")
    foreach(name ${now})
      if(is_op_${name})
        string(APPEND group "#include <dsl/ops/${name}>\n")
      endif()
    endforeach()
    if(group)
      string(APPEND text "\n${group}")
    endif()
  endwhile()
  file(CONFIGURE OUTPUT ${file} @ONLY CONTENT "// All ops of the language. Written by CMake.
#pragma once

#include <dsl/ir/errors.hpp>

#include <dsl/expr.hpp>
${text}")
endfunction()

if(CMAKE_SCRIPT_MODE_FILE AND OPS_FOLDER)
  get_filename_component(OPS_FOLDER ${OPS_FOLDER} ABSOLUTE)
  if(OP_TABLE)
    get_filename_component(OP_TABLE ${OP_TABLE} ABSOLUTE)
    write_op_table(${OPS_FOLDER} ${OP_TABLE})
  endif()
  if(OPS_HEADER)
    get_filename_component(OPS_HEADER ${OPS_HEADER} ABSOLUTE)
    write_ops_header(${OPS_FOLDER} ${OPS_HEADER})
  endif()
endif()
