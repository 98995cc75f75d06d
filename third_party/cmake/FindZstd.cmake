# Imported target Zstd::Zstd from pkg-config's libzstd (Debian ships no CMake package for it).
find_package(PkgConfig REQUIRED)
pkg_check_modules(Zstd_PC QUIET IMPORTED_TARGET libzstd)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Zstd REQUIRED_VARS Zstd_PC_LINK_LIBRARIES VERSION_VAR Zstd_PC_VERSION)
if(Zstd_FOUND AND NOT TARGET Zstd::Zstd)
  add_library(Zstd::Zstd INTERFACE IMPORTED)
  target_link_libraries(Zstd::Zstd INTERFACE PkgConfig::Zstd_PC)
endif()
