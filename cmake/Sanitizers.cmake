# The checks left out are the dearest for the compiler (a third of its time), and address sanitizer meets what matters of
# them: null pointers, objects that are too small. x86 and ARM64 read unaligned words anyway.
add_library(refrain_sanitizers INTERFACE)
if(REFRAIN_SANITIZE)
  target_compile_options(refrain_sanitizers INTERFACE
    -fsanitize=${REFRAIN_SANITIZE} -fno-sanitize=null,alignment,vptr,object-size
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(refrain_sanitizers INTERFACE -fsanitize=${REFRAIN_SANITIZE})
endif()
