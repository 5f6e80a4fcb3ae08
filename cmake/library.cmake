# The target ansatz::ansatz: libansatz.a and the headers.
file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*.cpp)
list(FILTER sources EXCLUDE REGEX "/src/(app|configurations)/")
add_library(ansatz STATIC)
add_library(ansatz::ansatz ALIAS ansatz)
target_compile_features(ansatz PUBLIC cxx_std_20)
set_target_properties(ansatz PROPERTIES POSITION_INDEPENDENT_CODE ON)

# Headers are reached in the build tree as after installation: dsl/ and ansatz/ in a folder of
# their own, so that nothing else of the repository can be included by accident.
set(header_folder ${PROJECT_BINARY_DIR}/include/ansatz-1)
include(${CMAKE_CURRENT_LIST_DIR}/link_headers.cmake)
file(GLOB_RECURSE watched_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/dsl/*.hpp
  ${PROJECT_SOURCE_DIR}/include/ansatz/*.hpp)
link_headers(${PROJECT_SOURCE_DIR}/dsl ${header_folder}/dsl)
link_headers(${PROJECT_SOURCE_DIR}/include/ansatz ${header_folder}/ansatz)
# Headers that are made: lists, and those that moved.
set(made_headers ${PROJECT_BINARY_DIR}/include/made)
include(${CMAKE_CURRENT_LIST_DIR}/moved_headers.cmake)
target_include_directories(ansatz PUBLIC
  $<BUILD_INTERFACE:${header_folder}> $<BUILD_INTERFACE:${made_headers}>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/ansatz-1>)
target_include_directories(ansatz PRIVATE ${PROJECT_SOURCE_DIR}/src)

# The header of all ops, the functions named after keys, and the classes known to YAML.
include(${CMAKE_CURRENT_LIST_DIR}/op_tables.cmake)
write_ops_header(${PROJECT_SOURCE_DIR}/dsl/ops ${made_headers}/dsl/ops.hpp)
include(${CMAKE_CURRENT_LIST_DIR}/class_tables.cmake)
set(generated_folder ${PROJECT_BINARY_DIR}/generated)
write_key_functions(${PROJECT_SOURCE_DIR}/include/ansatz ${made_headers}/ansatz/key_functions.inc)
link_headers(${made_headers}/dsl ${header_folder}/dsl)
link_headers(${made_headers}/ansatz ${header_folder}/ansatz)
set(root ${PROJECT_SOURCE_DIR})
write_class_tables(${root}/include/ansatz ${root}/include ${generated_folder} tables)
write_class_tables(${root}/src/registry/classes ${root}/src ${generated_folder} tables)
write_class_list("${tables}" ${generated_folder}/classes.cpp)
include(${CMAKE_CURRENT_LIST_DIR}/join_sources.cmake)
join_sources(tables_sources ${generated_folder} 6 ${PROJECT_BINARY_DIR}/joined/classes)
target_sources(ansatz PRIVATE ${tables_sources} ${generated_folder}/classes.cpp)
# The data sets that can be fetched, as a text of C++.
set(catalogue ${PROJECT_SOURCE_DIR}/src/data/fetch/catalogue.json)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${catalogue})
file(READ ${catalogue} catalogue)
file(CONFIGURE OUTPUT ${generated_folder}/catalogue.inc @ONLY
  CONTENT "R\"json(@catalogue@)json\"\n")
# What pages of runs are made of: the chart library, from its package, and files beside page.cpp.
include(${CMAKE_CURRENT_LIST_DIR}/page_texts.cmake)

# The user's translation units hold the generated loops, so they need the library's flags: one
# processor, no contraction (g++ fuses a * b + c where clang does not), no errno from <cmath>.
set(numeric_flags -march=${ANSATZ_ARCH} -ffp-contract=off -fno-math-errno)
# Models are compiled in constant expressions, past the compilers' default limits.
set(gnu_limits -fconstexpr-ops-limit=2000000000 -fconstexpr-loop-limit=100000000
  -fconstexpr-depth=4096)
set(clang_limits -fconstexpr-steps=2000000000 -fconstexpr-depth=4096 -fbracket-depth=4096)
# g++ collects its garbage from 256 MB on, not from half of that: a tenth less time for a large
# model; and then after 40 % more, not 100: a fifth less memory for one, in the same time.
set(gnu_memory --param=ggc-min-heapsize=262144 --param=ggc-min-expand=40)
set(own_gnu_memory ${gnu_memory})
if(PROJECT_IS_TOP_LEVEL)
  # This build takes 1.5 GB for the largest units where there is much more: a seventh less time.
  cmake_host_system_information(RESULT memory QUERY TOTAL_PHYSICAL_MEMORY)
  cmake_host_system_information(RESULT processors QUERY NUMBER_OF_LOGICAL_CORES)
  math(EXPR memory "${memory} / ${processors}")
  if(memory GREATER 4000)
    set(own_gnu_memory --param=ggc-min-heapsize=1048576)
  endif()
endif()
target_compile_options(ansatz PUBLIC
  "$<$<COMPILE_LANGUAGE:CXX>:${numeric_flags}>"
  "$<$<COMPILE_LANG_AND_ID:CXX,GNU>:${gnu_limits}>"
  "$<$<COMPILE_LANG_AND_ID:CXX,GNU>:$<BUILD_INTERFACE:${own_gnu_memory}>>"
  "$<$<COMPILE_LANG_AND_ID:CXX,GNU>:$<INSTALL_INTERFACE:${gnu_memory}>>"
  "$<$<COMPILE_LANG_AND_ID:CXX,Clang>:${clang_limits}>")

target_link_libraries(ansatz
  PUBLIC ansatz::headers_of_others ansatz::blas OpenMP::OpenMP_CXX
  PRIVATE ansatz::zip ansatz::turbojpeg ansatz::httplib PNG::PNG ZLIB::ZLIB fmt::fmt yaml-cpp)
# HDF5's library is loaded when a file is opened, under the name that its versions share.
get_filename_component(hdf5_library ${ANSATZ_HDF5_LIBRARY} REALPATH)
get_filename_component(hdf5_library ${hdf5_library} NAME)
string(REGEX REPLACE "(\\.so\\.[0-9]+).*" "\\1" hdf5_library ${hdf5_library})
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/files/hdf5.cpp PROPERTIES
  COMPILE_OPTIONS "-isystem${ANSATZ_HDF5_INCLUDE}"
  COMPILE_DEFINITIONS "ANSATZ_HDF5_LIBRARY=\"${hdf5_library}\"")

# As Debian's library is built: without them its classes would look different.
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/view/page_server.cpp PROPERTIES
  COMPILE_DEFINITIONS
  "CPPHTTPLIB_OPENSSL_SUPPORT;CPPHTTPLIB_ZLIB_SUPPORT;CPPHTTPLIB_BROTLI_SUPPORT")

# `ansatz compile` uses the compiler and the flags of this build, and names ops as their headers do.
write_op_table(${PROJECT_SOURCE_DIR}/dsl/ops ${generated_folder}/op_table.inc)
string(TOUPPER "${CMAKE_BUILD_TYPE}" configuration)
set(loop_flags ${CMAKE_CXX20_STANDARD_COMPILE_OPTION} ${numeric_flags})
list(JOIN loop_flags " " loop_flags)
list(JOIN gnu_limits " " gnu_flags)
list(JOIN gnu_memory " " gnu_memory_flags)
string(APPEND gnu_flags " ${gnu_memory_flags}")
list(JOIN clang_limits " " clang_flags)
set(loop_flags "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${configuration}} ${loop_flags}")
configure_file(${PROJECT_SOURCE_DIR}/src/compile/settings.cpp.in
  ${generated_folder}/settings.cpp @ONLY)
target_sources(ansatz PRIVATE ${generated_folder}/settings.cpp)
target_include_directories(ansatz PRIVATE ${generated_folder})
target_link_libraries(ansatz PRIVATE OpenSSL::Crypto ${CMAKE_DL_LIBS})
# Only its header: the library itself is loaded when a data set is fetched.
target_include_directories(ansatz SYSTEM PRIVATE ${CURL_INCLUDE_DIRS})
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  include(${CMAKE_CURRENT_LIST_DIR}/compiled_once.cmake)
  add_compiled_once(ansatz ${PROJECT_SOURCE_DIR}/include/ansatz ${generated_folder})
endif()
# See ansatz/base/options.hpp; the configurations are jobs written in C++.
target_compile_definitions(ansatz PRIVATE ANSATZ_WITHOUT_KEY_FUNCTIONS)
file(GLOB with_keys ${PROJECT_SOURCE_DIR}/src/configurations/*.cpp)
set_source_files_properties(${with_keys} PROPERTIES COMPILE_OPTIONS -UANSATZ_WITHOUT_KEY_FUNCTIONS)
# compile_as_library(name): a target of objects with the library's properties.
function(compile_as_library name)
  foreach(property COMPILE_OPTIONS COMPILE_DEFINITIONS COMPILE_FEATURES INCLUDE_DIRECTORIES
      LINK_LIBRARIES POSITION_INDEPENDENT_CODE)
    get_target_property(value ansatz ${property})
    set_target_properties(${name} PROPERTIES ${property} "${value}")
  endforeach()
endfunction()
# With a sanitizer, the rest compiles in half the time without optimisation. What computes is
# compiled apart and linked before all else: of an inline function the linker keeps the copy that it
# meets first, and a loop over vectors of the processor takes ten times as long without
# optimisation.
if(ANSATZ_SANITIZE)
  file(GLOB_RECURSE computing CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/dsl/kernels/*.cpp
    ${PROJECT_SOURCE_DIR}/src/dsl/run/*.cpp ${PROJECT_SOURCE_DIR}/src/base/random_state.cpp)
  list(REMOVE_ITEM sources ${computing})
  add_library(ansatz_computing OBJECT ${computing})
  compile_as_library(ansatz_computing)
  target_sources(ansatz PRIVATE $<TARGET_OBJECTS:ansatz_computing>)
  target_compile_options(ansatz PRIVATE -O0)
  set_property(SOURCE ${with_keys} APPEND PROPERTY COMPILE_OPTIONS -O1)
endif()
# With clang a precompiled header spares a third of the library's time; with g++ it spares none.
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  file(WRITE ${PROJECT_BINARY_DIR}/pch.cpp "")
  add_library(ansatz_pch OBJECT ${PROJECT_BINARY_DIR}/pch.cpp)
  compile_as_library(ansatz_pch)
  # Without <filesystem>: an inline function that nobody calls needs one that its library lacks.
  target_precompile_headers(ansatz_pch PRIVATE <algorithm> <cmath> <functional> <map> <set>
    <fmt/format.h> <fmt/ranges.h> <ansatz/session/session.hpp>)
  target_precompile_headers(ansatz REUSE_FROM ansatz_pch)
  file(GLOB_RECURSE own_header ${PROJECT_SOURCE_DIR}/src/dsl/*.cpp)
  set_source_files_properties(${own_header} ${with_keys} ${PROJECT_SOURCE_DIR}/src/files/hdf5.cpp
    ${PROJECT_SOURCE_DIR}/src/base/random_state.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  if(ANSATZ_SANITIZE)
    precompiled_code(ansatz_pch)
    target_sources(ansatz PRIVATE $<TARGET_OBJECTS:ansatz_pch_code>)
  endif()
endif()
# What describes and checks jobs, plans what to compile and draws is soon done: g++ compiles it for
# its size in two thirds of the time.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "Release")
  set(soon_done ${sources})
  list(FILTER soon_done INCLUDE REGEX "/src/(compile|dsl/explain|registry|view)/")
  set_property(SOURCE ${soon_done} APPEND PROPERTY COMPILE_OPTIONS -Os)
  get_target_property(made_sources ansatz SOURCES)
  list(FILTER made_sources INCLUDE
    REGEX "/(joined/classes/[^/]*|generated/(classes|inline_(algorithm|cost|model)))[.]cpp$")
  set_property(SOURCE ${made_sources} APPEND PROPERTY COMPILE_OPTIONS -Os)
endif()
join_sources(with_keys ${PROJECT_SOURCE_DIR}/src 5 ${PROJECT_BINARY_DIR}/joined/library)
# Of the language's objects a program is to hold what it calls, and no more.
join_sources(sources ${PROJECT_SOURCE_DIR}/src 20 ${PROJECT_BINARY_DIR}/joined/library
  ALONE "^dsl/")
target_sources(ansatz PRIVATE ${sources} ${with_keys})
# What compiled loops call is looked for in the program that loads them.
target_link_options(ansatz INTERFACE "LINKER:--export-dynamic-symbol=_ZN*6ansatz7kernels*")
