# Finds what the library stands on. Included by the project and by the installed package, so it
# never fails itself: what it does not find is listed in ansatz_missing.
set(ansatz_missing "")

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads QUIET)
find_package(OpenMP QUIET COMPONENTS CXX)
if(NOT OpenMP_CXX_FOUND)
  list(APPEND ansatz_missing "OpenMP for ${CMAKE_CXX_COMPILER} (clang: libomp-dev)")
endif()

find_package(ZLIB QUIET)
if(NOT ZLIB_FOUND)
  list(APPEND ansatz_missing "zlib (zlib1g-dev)")
endif()

find_package(fmt QUIET)
if(NOT fmt_FOUND)
  list(APPEND ansatz_missing "fmt (libfmt-dev)")
endif()

find_package(yaml-cpp QUIET)
if(NOT yaml-cpp_FOUND)
  list(APPEND ansatz_missing "yaml-cpp (libyaml-cpp-dev)")
endif()

find_package(OpenSSL QUIET COMPONENTS Crypto)
if(NOT OPENSSL_FOUND)
  list(APPEND ansatz_missing "OpenSSL (libssl-dev)")
endif()

find_package(CURL QUIET)
if(NOT CURL_FOUND)
  list(APPEND ansatz_missing "libcurl (libcurl4-openssl-dev)")
endif()

# CMake's own FindHDF5 wants the language C, which who uses the package need not have enabled.
find_path(ANSATZ_HDF5_INCLUDE hdf5.h PATH_SUFFIXES hdf5/serial)
find_library(ANSATZ_HDF5_LIBRARY NAMES hdf5_serial hdf5 PATH_SUFFIXES hdf5/serial)
mark_as_advanced(ANSATZ_HDF5_INCLUDE ANSATZ_HDF5_LIBRARY)
if(NOT ANSATZ_HDF5_INCLUDE OR NOT ANSATZ_HDF5_LIBRARY)
  list(APPEND ansatz_missing "HDF5 (libhdf5-dev)")
endif()

find_package(PNG QUIET)
if(NOT PNG_FOUND)
  list(APPEND ansatz_missing "libpng (libpng-dev)")
endif()

find_library(ANSATZ_TURBOJPEG_LIBRARY turbojpeg)
find_path(ANSATZ_TURBOJPEG_INCLUDE turbojpeg.h)
mark_as_advanced(ANSATZ_TURBOJPEG_LIBRARY ANSATZ_TURBOJPEG_INCLUDE)
if(NOT ANSATZ_TURBOJPEG_LIBRARY OR NOT ANSATZ_TURBOJPEG_INCLUDE)
  list(APPEND ansatz_missing "libjpeg-turbo (libturbojpeg0-dev)")
elseif(NOT TARGET ansatz::turbojpeg)
  add_library(ansatz::turbojpeg UNKNOWN IMPORTED)
  set_target_properties(ansatz::turbojpeg PROPERTIES
    IMPORTED_LOCATION "${ANSATZ_TURBOJPEG_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${ANSATZ_TURBOJPEG_INCLUDE}")
endif()

# Programs that serve no page are not linked with it.
find_library(ANSATZ_HTTPLIB_LIBRARY cpp-httplib)
find_path(ANSATZ_HTTPLIB_INCLUDE httplib.h)
mark_as_advanced(ANSATZ_HTTPLIB_LIBRARY ANSATZ_HTTPLIB_INCLUDE)
if(NOT ANSATZ_HTTPLIB_LIBRARY OR NOT ANSATZ_HTTPLIB_INCLUDE)
  list(APPEND ansatz_missing "cpp-httplib (libcpp-httplib-dev)")
elseif(NOT TARGET ansatz::httplib)
  add_library(ansatz::httplib INTERFACE IMPORTED)
  set_target_properties(ansatz::httplib PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${ANSATZ_HTTPLIB_INCLUDE}"
    INTERFACE_LINK_LIBRARIES
      "-Wl,--push-state,--as-needed,${ANSATZ_HTTPLIB_LIBRARY},--pop-state")
endif()

# libzip's own package file refuses to work when its command-line tools are not installed.
find_library(ANSATZ_ZIP_LIBRARY zip)
find_path(ANSATZ_ZIP_INCLUDE zip.h)
mark_as_advanced(ANSATZ_ZIP_LIBRARY ANSATZ_ZIP_INCLUDE)
if(NOT ANSATZ_ZIP_LIBRARY OR NOT ANSATZ_ZIP_INCLUDE)
  list(APPEND ansatz_missing "libzip (libzip-dev)")
elseif(NOT TARGET ansatz::zip)
  add_library(ansatz::zip UNKNOWN IMPORTED)
  set_target_properties(ansatz::zip PROPERTIES IMPORTED_LOCATION "${ANSATZ_ZIP_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${ANSATZ_ZIP_INCLUDE}")
endif()

# Header-only libraries.
set(ansatz_header_folders "")
foreach(library "boost/hana.hpp|Boost.Hana (libboost-dev)"
                "xtensor/xarray.hpp|xtensor (libxtensor-dev)"
                "xtensor-blas/xlinalg.hpp|xtensor-blas (libxtensor-blas-dev)"
                "nlohmann/json.hpp|nlohmann JSON (nlohmann-json3-dev)")
  string(REPLACE "|" ";" library "${library}")
  list(GET library 0 header)
  list(GET library 1 name)
  string(MAKE_C_IDENTIFIER "ANSATZ_FOLDER_OF_${header}" folder)
  find_path(${folder} ${header})
  mark_as_advanced(${folder})
  if(${folder})
    list(APPEND ansatz_header_folders "${${folder}}")
  else()
    list(APPEND ansatz_missing "${name}")
  endif()
endforeach()
list(REMOVE_DUPLICATES ansatz_header_folders)
if(NOT TARGET ansatz::headers_of_others)
  add_library(ansatz::headers_of_others INTERFACE IMPORTED)
  set_target_properties(ansatz::headers_of_others PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${ansatz_header_folders}")
endif()

include(${CMAKE_CURRENT_LIST_DIR}/blas.cmake)
