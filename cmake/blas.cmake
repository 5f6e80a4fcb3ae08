# The imported target ansatz::blas: OpenBLAS, its OpenMP build, so that the process has one pool of
# threads. Debian installs several builds side by side, every one called libopenblas.so.0, and the
# system's alternatives choose one at run time; the rpath makes it the build found here.
set(openblas_folder openblas-openmp)
find_library(ANSATZ_OPENBLAS_LIBRARY NAMES openblas NO_DEFAULT_PATH
  PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/${openblas_folder} /usr/lib64/${openblas_folder}
        /usr/lib/${openblas_folder}
  DOC "The OpenMP build of OpenBLAS")
find_library(ANSATZ_OPENBLAS_LIBRARY NAMES openblaso openblas_openmp)
find_path(ANSATZ_OPENBLAS_INCLUDE NAMES cblas.h
  HINTS /usr/include/${CMAKE_LIBRARY_ARCHITECTURE}/${openblas_folder}
  PATH_SUFFIXES openblas
  DOC "Folder of OpenBLAS's cblas.h")
mark_as_advanced(ANSATZ_OPENBLAS_LIBRARY ANSATZ_OPENBLAS_INCLUDE)

if(ANSATZ_OPENBLAS_LIBRARY AND ANSATZ_OPENBLAS_INCLUDE)
  set(ansatz_blas_library "${ANSATZ_OPENBLAS_LIBRARY}")
  set(ansatz_blas_include "${ANSATZ_OPENBLAS_INCLUDE}")
  set(ansatz_blas_definition ANSATZ_OPENBLAS=1)
else()
  # xtensor-blas calls LAPACK too; an OpenBLAS of any kind contains it, others have it beside them.
  find_library(ANSATZ_CBLAS_LIBRARY NAMES openblas cblas blas)
  find_library(ANSATZ_LAPACK_LIBRARY NAMES openblas lapack)
  find_path(ANSATZ_CBLAS_INCLUDE NAMES cblas.h PATH_SUFFIXES openblas)
  mark_as_advanced(ANSATZ_CBLAS_LIBRARY ANSATZ_LAPACK_LIBRARY ANSATZ_CBLAS_INCLUDE)
  if(ANSATZ_CBLAS_LIBRARY AND ANSATZ_LAPACK_LIBRARY AND ANSATZ_CBLAS_INCLUDE)
    message(WARNING "ansatz: the OpenMP build of OpenBLAS (libopenblas-openmp-dev) was not found; "
      "${ANSATZ_CBLAS_LIBRARY} is used, which may be slower on several threads.")
    set(ansatz_blas_library "${ANSATZ_CBLAS_LIBRARY}")
    set(ansatz_blas_include "${ANSATZ_CBLAS_INCLUDE}")
    set(ansatz_blas_definition "")
  else()
    list(APPEND ansatz_missing "OpenBLAS, OpenMP build (libopenblas-openmp-dev)")
  endif()
endif()

if(ansatz_blas_library AND NOT TARGET ansatz::blas)
  add_library(ansatz::blas UNKNOWN IMPORTED)
  set_target_properties(ansatz::blas PROPERTIES
    IMPORTED_LOCATION "${ansatz_blas_library}"
    INTERFACE_INCLUDE_DIRECTORIES "${ansatz_blas_include}"
    INTERFACE_COMPILE_DEFINITIONS "${ansatz_blas_definition}")
  if(ANSATZ_OPENBLAS_LIBRARY)
    get_filename_component(folder "${ansatz_blas_library}" DIRECTORY)
    # Kept at installation, where CMake drops the rpath of the build tree.
    set_target_properties(ansatz::blas PROPERTIES INTERFACE_LINK_OPTIONS "LINKER:-rpath,${folder}")
  elseif(ANSATZ_LAPACK_LIBRARY AND NOT ANSATZ_LAPACK_LIBRARY STREQUAL ansatz_blas_library)
    set_target_properties(ansatz::blas PROPERTIES
      INTERFACE_LINK_LIBRARIES "${ANSATZ_LAPACK_LIBRARY}")
  endif()
endif()
