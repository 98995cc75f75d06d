# Imported target Deflate::Deflate from pkg-config's libdeflate (Debian ships no CMake package for it).
find_package(PkgConfig REQUIRED)
pkg_check_modules(Deflate_PC QUIET IMPORTED_TARGET libdeflate)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Deflate REQUIRED_VARS Deflate_PC_LINK_LIBRARIES VERSION_VAR Deflate_PC_VERSION)
if(Deflate_FOUND AND NOT TARGET Deflate::Deflate)
  add_library(Deflate::Deflate INTERFACE IMPORTED)
  target_link_libraries(Deflate::Deflate INTERFACE PkgConfig::Deflate_PC)
endif()
