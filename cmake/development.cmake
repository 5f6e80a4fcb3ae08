# What holds for every target of this project but not for programs that use the library.
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Werror)

set(ANSATZ_SANITIZE "" CACHE STRING "`address` (and undefined behaviour), `thread`, or nothing")
if(ANSATZ_SANITIZE STREQUAL "address")
  string(APPEND CMAKE_CXX_FLAGS " -O1 -D_GLIBCXX_ASSERTIONS -fno-omit-frame-pointer"
    " -fsanitize=address,undefined -fno-sanitize-recover=all")
  # A report names functions. Their lines, -D CMAKE_CXX_FLAGS=-g1, are a sixth of the compile time.
  set(CMAKE_CXX_FLAGS_DEBUG "")
  # Checks by a call instead of in line, and none of what the address sanitizer finds as well: a
  # file of compiled models takes a third of the time.
  string(APPEND CMAKE_CXX_FLAGS " -fno-sanitize=object-size,pointer-overflow")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    string(APPEND CMAKE_CXX_FLAGS " --param asan-instrumentation-with-call-threshold=0")
    # With any of these three, g++ 12 takes `&object != nullptr` for no constant expression, and so
    # refuses every model; a null pointer that is read still stops at the address sanitizer.
    string(APPEND CMAKE_CXX_FLAGS " -fno-sanitize=null,nonnull-attribute,returns-nonnull-attribute")
  else()
    string(APPEND CMAKE_CXX_FLAGS " -mllvm -asan-instrumentation-with-call-threshold=0")
    # A null or misaligned pointer stops the program where it is, without words: with a place for
    # each check the program has 17 MB more of data, which each start of it touches.
    string(APPEND CMAKE_CXX_FLAGS " -fsanitize-trap=null,alignment")
  endif()
elseif(ANSATZ_SANITIZE STREQUAL "thread")
  string(APPEND CMAKE_CXX_FLAGS " -O1 -fno-omit-frame-pointer -fsanitize=thread")
elseif(ANSATZ_SANITIZE)
  message(FATAL_ERROR
    "ANSATZ_SANITIZE is `${ANSATZ_SANITIZE}`; `address`, `thread` or nothing is allowed")
endif()

# Programs with sanitizers are large: they link in a quarter of the time.
if(ANSATZ_SANITIZE AND CMAKE_CXX_COMPILER_ID MATCHES Clang)
  include(CheckLinkerFlag)
  check_linker_flag(CXX -fuse-ld=lld ANSATZ_LLD)
  if(ANSATZ_LLD)
    add_link_options(-fuse-ld=lld)
  endif()
endif()

find_program(ANSATZ_CCACHE ccache)
mark_as_advanced(ANSATZ_CCACHE)
if(ANSATZ_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER AND NOT DEFINED ENV{CCACHE_DISABLE})
  # A precompiled header is cached only under these two relaxations. (`cmake -E env` would take
  # longer to start than the cache to answer.)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_DEPEND=1 ${ANSATZ_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${ANSATZ_CCACHE})
endif()
