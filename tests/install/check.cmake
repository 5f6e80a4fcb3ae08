# Installs into a fresh folder, copies consumer/ outside the tree, builds and runs it there.
execute_process(COMMAND mktemp -d OUTPUT_VARIABLE folder OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)

function(fail text)
  file(REMOVE_RECURSE ${folder})
  message(FATAL_ERROR "${text}")
endfunction()

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result
    OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(result)
    list(JOIN ARGN " " command)
    fail("${command}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

run(${CMAKE_COMMAND} --install ${build} --prefix ${folder}/prefix)
file(GLOB_RECURSE package_files ${folder}/prefix/*.cmake)
foreach(file ${package_files})
  file(STRINGS ${file} strays REGEX "${source}")
  if(strays)
    fail("${file} names the source tree: ${strays}")
  endif()
endforeach()

file(COPY ${CMAKE_CURRENT_LIST_DIR}/consumer DESTINATION ${folder})
run(${CMAKE_COMMAND} -S ${folder}/consumer -B ${folder}/build -G ${generator}
  -D CMAKE_BUILD_TYPE=Release -D CMAKE_CXX_COMPILER=${cxx} -D CMAKE_C_COMPILER=${c}
  "-DCMAKE_CXX_FLAGS=${flags}" "-DCMAKE_C_FLAGS=${flags}" -D wanted_version=${version}
  -D CMAKE_PREFIX_PATH=${folder}/prefix)
run(${CMAKE_COMMAND} --build ${folder}/build)
run(${folder}/build/consumer)
message("${output}")

# Without a warning: a function that is compiled, one that is built, an op of one's own, a job; with
# CMake's default flags for a release (-O3) and without a build type, in both versions of the
# language. Without a build type the package says what that costs.
foreach(type Release "")
  foreach(standard 20 23)
    set(tree ${folder}/warnings${type}${standard})
    run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/warnings -B ${tree} -G ${generator}
      "-DCMAKE_BUILD_TYPE=${type}" -D CMAKE_CXX_STANDARD=${standard}
      -D CMAKE_CXX_COMPILER=${cxx} -D CMAKE_C_COMPILER=${c} "-DCMAKE_CXX_FLAGS=${flags}"
      "-DCMAKE_C_FLAGS=${flags}" -D wanted_version=${version} -D examples=${source}/examples
      -D CMAKE_PREFIX_PATH=${folder}/prefix)
    string(FIND "${output}" "-O0" said)
    if(type STREQUAL "" AND said EQUAL -1 AND NOT flags MATCHES "-O")
      fail("without a build type the package says nothing of -O0:\n${output}")
    endif()
    run(${CMAKE_COMMAND} --build ${tree})
  endforeach()
endforeach()
file(REMOVE_RECURSE ${folder})
