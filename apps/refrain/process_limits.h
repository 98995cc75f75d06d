// What the process asks of the system before it begins.
#ifndef REFRAIN_APPS_PROCESS_LIMITS_H_
#define REFRAIN_APPS_PROCESS_LIMITS_H_

// Writing to a closed pipe or beyond a file-size limit becomes an error instead of a signal, and as many files may be
// open as the system allows (each output file of a run stays open until it gets its name). False, with a line on
// standard error, if REFRAIN_SIMD names no instruction set; it is the most that the vector code may use.
bool PrepareProcess();

#endif  // REFRAIN_APPS_PROCESS_LIMITS_H_
