include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/refrain)
install(TARGETS refrain EXPORT refrainTargets FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS refrain_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(EXPORT refrainTargets NAMESPACE refrain:: DESTINATION ${package_dir})
configure_package_config_file(cmake/refrainConfig.cmake.in refrainConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(refrainConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/refrainConfig.cmake
  ${PROJECT_BINARY_DIR}/refrainConfigVersion.cmake
  third_party/cmake/FindDeflate.cmake
  third_party/cmake/FindxxHash.cmake
  third_party/cmake/FindZstd.cmake
  DESTINATION ${package_dir})
