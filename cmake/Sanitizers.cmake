add_library(refrain_sanitizers INTERFACE)
if(REFRAIN_SANITIZE)
  target_compile_options(refrain_sanitizers INTERFACE
    -fsanitize=${REFRAIN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(refrain_sanitizers INTERFACE -fsanitize=${REFRAIN_SANITIZE})
endif()
