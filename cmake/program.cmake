# The program `ansatz`. It holds the whole library, so that shared objects given with --load find
# what they were compiled against.
file(GLOB program_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/app/*.cpp)
find_path(CLI11_FOLDER CLI/CLI.hpp)
mark_as_advanced(CLI11_FOLDER)
# CLI11 takes 5 s to compile in each of them, of which a precompiled header spares nothing.
join_sources(program_sources ${PROJECT_SOURCE_DIR}/src 15 ${PROJECT_BINARY_DIR}/joined/program)
add_executable(ansatz_program ${program_sources})
set_target_properties(ansatz_program PROPERTIES OUTPUT_NAME ansatz ENABLE_EXPORTS ON)
target_include_directories(ansatz_program PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_include_directories(ansatz_program SYSTEM PRIVATE ${CLI11_FOLDER})
if(ANSATZ_SANITIZE)
  # In front of the program's own objects, for the loops' optimised copies; see library.cmake.
  target_link_options(ansatz_program PRIVATE LINKER:--whole-archive $<TARGET_FILE:ansatz>
    LINKER:--no-whole-archive)
  target_link_libraries(ansatz_program PRIVATE ansatz::ansatz)
else()
  target_link_libraries(ansatz_program PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,ansatz::ansatz>")
endif()
target_link_libraries(ansatz_program PRIVATE fmt::fmt ${CMAKE_DL_LIBS})

# The jobs that `ansatz new` writes.
file(GLOB first_jobs CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/jobs/*.yaml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${first_jobs})
set(jobs)
foreach(path ${first_jobs})
  get_filename_component(name ${path} NAME_WE)
  file(READ ${path} job)
  string(APPEND jobs "{\"${name}\", R\"yaml(${job})yaml\"},\n")
endforeach()
file(CONFIGURE OUTPUT ${generated_folder}/first_jobs.inc CONTENT "@jobs@" @ONLY)
target_include_directories(ansatz_program PRIVATE ${generated_folder})

# The page of all classes, keys and configurations; a test says when it is out of date.
add_custom_target(reference
  COMMAND ansatz_program list --format markdown > ${PROJECT_SOURCE_DIR}/docs/reference.md
  VERBATIM)
if(ANSATZ_SANITIZE)
  target_compile_options(ansatz_program PRIVATE -O0)
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  # Of what reads a command line and prints, nothing is to be fast but its compilation.
  target_compile_options(ansatz_program PRIVATE -Os)
endif()
