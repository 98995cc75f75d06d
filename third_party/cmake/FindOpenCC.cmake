# Imported target OpenCC::OpenCC from pkg-config's opencc (Debian ships no CMake package for it).
find_package(PkgConfig REQUIRED)
pkg_check_modules(OpenCC_PC QUIET IMPORTED_TARGET opencc)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OpenCC REQUIRED_VARS OpenCC_PC_LINK_LIBRARIES VERSION_VAR OpenCC_PC_VERSION)
if(OpenCC_FOUND AND NOT TARGET OpenCC::OpenCC)
  add_library(OpenCC::OpenCC INTERFACE IMPORTED)
  target_link_libraries(OpenCC::OpenCC INTERFACE PkgConfig::OpenCC_PC)
endif()
