add_library(refrain_warnings INTERFACE)
target_compile_options(refrain_warnings INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast -Werror)
