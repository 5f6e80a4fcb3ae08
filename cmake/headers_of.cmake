# headers_of(folder result)   the headers below a folder. CMake runs again when one comes or goes,
#                             or is written to.
function(headers_of folder result)
  file(GLOB_RECURSE headers ${folder}/*.hpp)
  if(NOT CMAKE_SCRIPT_MODE_FILE)
    file(GLOB_RECURSE watched CONFIGURE_DEPENDS ${folder}/*.hpp)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${headers})
  endif()
  set(${result} ${headers} PARENT_SCOPE)
endfunction()
