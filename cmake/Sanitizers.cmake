# The checks left out are the dearest for the compiler, and address sanitizer meets what they would find: null
# pointers, objects that are too small. Code that is watched for races makes GCC think that members of a std::set may be
# uninitialized.
add_library(refrain_sanitizers INTERFACE)
if(REFRAIN_SANITIZE)
  target_compile_options(refrain_sanitizers INTERFACE
    -fsanitize=${REFRAIN_SANITIZE} -fno-sanitize=null,object-size
    -fno-sanitize-recover=all -fno-omit-frame-pointer -Wno-maybe-uninitialized)
  target_link_options(refrain_sanitizers INTERFACE -fsanitize=${REFRAIN_SANITIZE})
endif()
