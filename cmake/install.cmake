# cmake --install, and the package that find_package(ansatz) finds afterwards.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/ansatz)
install(TARGETS ansatz EXPORT ansatz-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET ansatz_program)
  install(TARGETS ansatz_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY dsl include/ansatz DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ansatz-1
  FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY ${PROJECT_BINARY_DIR}/include/made/
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ansatz-1)
install(EXPORT ansatz-targets NAMESPACE ansatz:: DESTINATION ${package_folder})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(cmake/ansatz-config.cmake.in
  ${PROJECT_BINARY_DIR}/ansatz-config.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ansatz-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ansatz-config.cmake
  ${PROJECT_BINARY_DIR}/ansatz-config-version.cmake cmake/dependencies.cmake cmake/blas.cmake
  DESTINATION ${package_folder})
