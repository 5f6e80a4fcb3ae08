# What holds for every target of this project but not for programs that use the library.
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Werror)

find_program(ANSATZ_CCACHE ccache)
mark_as_advanced(ANSATZ_CCACHE)
if(ANSATZ_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # A precompiled header is cached only under these two relaxations.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${ANSATZ_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${ANSATZ_CCACHE})
endif()
