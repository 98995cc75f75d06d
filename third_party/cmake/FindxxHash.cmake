# Imported target xxHash::xxHash from pkg-config's libxxhash (Debian ships no CMake package for it).
find_package(PkgConfig REQUIRED)
pkg_check_modules(xxHash_PC QUIET IMPORTED_TARGET libxxhash)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(xxHash REQUIRED_VARS xxHash_PC_LINK_LIBRARIES VERSION_VAR xxHash_PC_VERSION)
if(xxHash_FOUND AND NOT TARGET xxHash::xxHash)
  add_library(xxHash::xxHash INTERFACE IMPORTED)
  target_link_libraries(xxHash::xxHash INTERFACE PkgConfig::xxHash_PC)
endif()
