// What the fake libraries share. libcuda.so.1 defines these functions; the other libraries link to it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>

#define EMULATOR_API extern "C" __attribute__((visibility("default")))

// Work on a stream: returns 0, or the CUresult that the device dies of.
using EmulatorWork = std::function<int()>;

// One emulated function: counts its calls, and fails them when a fault was injected.
struct EmulatorCall;
EMULATOR_API EmulatorCall *emulator_call(const char *function);
// 0, or the code that the call has to return.
EMULATOR_API int emulator_enter(EmulatorCall *call);
// Says once that the function is not emulated, and returns the code.
EMULATOR_API int emulator_missing(const char *function, int code);
// The device of the calling thread's context, or -1.
EMULATOR_API int emulator_device();
// For calls that allocate or wait: 0, or 900 where a capture forbids them, which spoils the capture.
EMULATOR_API int emulator_refuse_during_capture();
// Enqueues work on a stream of the calling thread's context; returns a CUresult.
EMULATOR_API int emulator_submit(void *stream, EmulatorWork work);
// 0 when [p, p + bytes) lies in one allocation that the device reaches, otherwise 700, with a line on stderr.
EMULATOR_API int emulator_check(const char *user, int device, const void *p, size_t bytes);
// A line on stderr.
EMULATOR_API void emulator_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define EMULATOR_ENTER()                                       \
  static EmulatorCall *const this_call = emulator_call(__func__); \
  if (int injected = emulator_enter(this_call)) return injected
