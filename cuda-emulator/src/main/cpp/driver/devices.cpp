// Initialisation, devices, contexts, error names.
#include <cstdio>

#include "state.h"

// Never destroyed: threads of the JVM may still call while the process ends.
State &state = *new State;

static thread_local std::vector<Context *> contexts;

Context *current_context() { return contexts.empty() ? nullptr : contexts.back(); }

EMULATOR_API int emulator_device() {
  Context *context = current_context();
  return context ? context->device : -1;
}

EMULATOR_API int cuInit(unsigned) {
  read_environment();
  ENTER();
  if (!state.initialised) {
    for (int i = 0; i < state.device_count; i++) {
      auto device = std::make_unique<Device>();
      device->total = state.device_memory;
      device->context.device = i;
      state.devices.push_back(std::move(device));
    }
    state.initialised = true;
  }
  return state.devices.empty() ? NO_DEVICE : SUCCESS;
}

EMULATOR_API int cuDriverGetVersion(int *version) {
  *version = CUDA_MAJOR * 1000 + (CUDA_MAJOR == 12 ? 60 : 0);
  return SUCCESS;
}

EMULATOR_API int cuDeviceGetCount(int *count) {
  ENTER();
  if (!state.initialised) return NOT_INITIALIZED;
  *count = (int)state.devices.size();
  return SUCCESS;
}

EMULATOR_API int cuDeviceGet(int *device, int index) {
  ENTER();
  REQUIRE_DEVICE(index);
  *device = index;
  return SUCCESS;
}

EMULATOR_API int cuDeviceGetName(char *name, int size, int device) {
  ENTER();
  REQUIRE_DEVICE(device);
  snprintf(name, (size_t)size, "Dendra emulated GPU");
  return SUCCESS;
}

EMULATOR_API int cuDeviceGetUuid(char *uuid, int device) {
  ENTER();
  REQUIRE_DEVICE(device);
  memcpy(uuid, "dendra-emulator\0", 16);
  uuid[15] = (char)device;
  return SUCCESS;
}

EMULATOR_API int cuDeviceGetPCIBusId(char *id, int size, int device) {
  ENTER();
  REQUIRE_DEVICE(device);
  snprintf(id, (size_t)size, "0000:%02x:00.0", device + 1);
  return SUCCESS;
}

EMULATOR_API int cuDeviceTotalMem_v2(size_t *bytes, int device) {
  ENTER();
  REQUIRE_DEVICE(device);
  *bytes = state.devices[(size_t)device]->total;
  return SUCCESS;
}

// By the numbers of CUdevice_attribute: the limits of compute capability 9.0, with few multiprocessors, so that grids
// sized by their number stay small.
static const std::map<int, int> attributes = {
    {1, 1024},         // threads per block
    {2, 1024},         // block x
    {3, 1024},         // block y
    {4, 64},           // block z
    {5, 2147483647},   // grid x
    {6, 65535},        // grid y
    {7, 65535},        // grid z
    {8, 49152},        // shared memory per block
    {9, 65536},        // constant memory
    {10, 32},          // warp size
    {12, 65536},       // registers per block
    {13, 1500000},     // clock in kHz
    {15, 1},           // copies overlap kernels
    {16, 8},           // multiprocessors
    {19, 1},           // host memory can be mapped
    {31, 1},           // concurrent kernels
    {36, 2600000},     // memory clock in kHz
    {37, 5120},        // memory bus in bits
    {38, 50 << 20},    // L2 cache
    {39, 2048},        // threads per multiprocessor
    {40, 3},           // copy engines
    {41, 1},           // unified addressing
    {75, 9},           // compute capability, major
    {76, 0},           // and minor
    {78, 1},           // stream priorities
    {81, 233472},      // shared memory per multiprocessor
    {82, 65536},       // registers per multiprocessor
    {95, 1},           // cooperative launch
    {97, 232448},      // shared memory per block, when asked for
    {106, 32},         // blocks per multiprocessor
    {111, 1024},       // reserved shared memory per block
    {115, 1},          // memory pools
};

EMULATOR_API int cuDeviceGetAttribute(int *value, int attribute, int device) {
  ENTER();
  REQUIRE_DEVICE(device);
  auto found = attributes.find(attribute);
  *value = attribute == 33 ? device + 1 : found == attributes.end() ? 0 : found->second;
  return SUCCESS;
}

EMULATOR_API int cuDeviceComputeCapability(int *major, int *minor, int device) {
  ENTER();
  REQUIRE_DEVICE(device);
  *major = attributes.at(75);
  *minor = attributes.at(76);
  return SUCCESS;
}

// ---- contexts: one per device ----

EMULATOR_API int cuDevicePrimaryCtxRetain(Context **context, int device) {
  ENTER();
  REQUIRE_DEVICE(device);
  *context = &state.devices[(size_t)device]->context;
  (*context)->references++;
  return SUCCESS;
}

// Also cures a device that died of 700 or 719, which in reality takes a new process: tests go on in the same JVM.
static int reset(int device) {
  Context &context = state.devices[(size_t)device]->context;
  context.sticky = 0;
  context.legacy.queue.clear();
  for (Stream *stream : context.streams) stream->queue.clear();
  free_all(device);
  return SUCCESS;
}

EMULATOR_API int cuDevicePrimaryCtxReset_v2(int device) {
  ENTER();
  REQUIRE_DEVICE(device);
  return reset(device);
}

EMULATOR_API int cuDevicePrimaryCtxRelease_v2(int device) {
  ENTER();
  REQUIRE_DEVICE(device);
  Context &context = state.devices[(size_t)device]->context;
  if (context.references <= 0) return INVALID_CONTEXT;
  if (--context.references == 0) {
    synchronize(&context);
    reset(device);
  }
  return SUCCESS;
}

EMULATOR_API int cuDevicePrimaryCtxGetState(int device, unsigned *flags, int *active) {
  ENTER();
  REQUIRE_DEVICE(device);
  *flags = 0;
  *active = state.devices[(size_t)device]->context.references > 0;
  return SUCCESS;
}

EMULATOR_API int cuDevicePrimaryCtxSetFlags_v2(int device, unsigned) {
  ENTER();
  REQUIRE_DEVICE(device);
  return SUCCESS;
}

static bool is_context(Context *given) {
  for (auto &device : state.devices)
    if (given == &device->context) return true;
  return false;
}

EMULATOR_API int cuCtxSetCurrent(Context *context) {
  ENTER();
  if (context && !is_context(context)) return INVALID_CONTEXT;
  if (!contexts.empty()) contexts.pop_back();
  if (context) contexts.push_back(context);
  return SUCCESS;
}

EMULATOR_API int cuCtxGetCurrent(Context **context) {
  ENTER();
  *context = current_context();
  return SUCCESS;
}

EMULATOR_API int cuCtxPushCurrent_v2(Context *context) {
  ENTER();
  if (!is_context(context)) return INVALID_CONTEXT;
  contexts.push_back(context);
  return SUCCESS;
}

EMULATOR_API int cuCtxPopCurrent_v2(Context **context) {
  ENTER();
  if (contexts.empty()) return INVALID_CONTEXT;
  if (context) *context = contexts.back();
  contexts.pop_back();
  return SUCCESS;
}

// A context of one's own is the primary one here.
EMULATOR_API int cuCtxCreate_v2(Context **context, unsigned, int device) {
  if (int code = cuDevicePrimaryCtxRetain(context, device)) return code;
  return cuCtxPushCurrent_v2(*context);
}

EMULATOR_API int cuCtxDestroy_v2(Context *context) {
  if (!context || !is_context(context)) return INVALID_CONTEXT;
  if (current_context() == context) contexts.pop_back();
  return cuDevicePrimaryCtxRelease_v2(context->device);
}

EMULATOR_API int cuCtxGetDevice(int *device) {
  ENTER_CONTEXT();
  *device = context->device;
  return SUCCESS;
}

EMULATOR_API int cuCtxGetApiVersion(Context *, unsigned *version) {
  *version = 3020;
  return SUCCESS;
}

EMULATOR_API int cuCtxSynchronize() {
  ENTER_CONTEXT();
  REFUSE_DURING_CAPTURE();
  return synchronize(context);
}

EMULATOR_API int cuCtxGetStreamPriorityRange(int *least, int *greatest) {
  ENTER_CONTEXT();
  *least = 0;
  *greatest = -5;
  return SUCCESS;
}

EMULATOR_API int cuCtxSetLimit(int, size_t) {
  ENTER_CONTEXT();
  return SUCCESS;
}

EMULATOR_API int cuDeviceCanAccessPeer(int *can, int device, int peer) {
  ENTER();
  REQUIRE_DEVICE(device);
  REQUIRE_DEVICE(peer);
  *can = device != peer;
  return SUCCESS;
}

EMULATOR_API int cuCtxEnablePeerAccess(Context *peer, unsigned flags) {
  ENTER_CONTEXT();
  if (!is_context(peer) || peer == context) return INVALID_CONTEXT;
  if (flags) return INVALID_VALUE;
  return context->peers.insert(peer).second ? SUCCESS : PEER_ACCESS_ALREADY_ENABLED;
}

EMULATOR_API int cuCtxDisablePeerAccess(Context *peer) {
  ENTER_CONTEXT();
  return context->peers.erase(peer) ? SUCCESS : PEER_ACCESS_NOT_ENABLED;
}

static const std::map<int, std::pair<const char *, const char *>> errors = {
    {0, {"CUDA_SUCCESS", "no error"}},
    {1, {"CUDA_ERROR_INVALID_VALUE", "invalid argument"}},
    {2, {"CUDA_ERROR_OUT_OF_MEMORY", "out of memory"}},
    {3, {"CUDA_ERROR_NOT_INITIALIZED", "initialization error"}},
    {4, {"CUDA_ERROR_DEINITIALIZED", "driver shutting down"}},
    {100, {"CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"}},
    {101, {"CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"}},
    {200, {"CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"}},
    {201, {"CUDA_ERROR_INVALID_CONTEXT", "invalid device context"}},
    {209, {"CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available for execution on the device"}},
    {214, {"CUDA_ERROR_ECC_UNCORRECTABLE", "uncorrectable ECC error encountered"}},
    {218, {"CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"}},
    {400, {"CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"}},
    {500, {"CUDA_ERROR_NOT_FOUND", "named symbol not found"}},
    {600, {"CUDA_ERROR_NOT_READY", "device not ready"}},
    {700, {"CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"}},
    {701, {"CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "too many resources requested for launch"}},
    {702, {"CUDA_ERROR_LAUNCH_TIMEOUT", "the launch timed out and was terminated"}},
    {704, {"CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED", "peer access is already enabled"}},
    {705, {"CUDA_ERROR_PEER_ACCESS_NOT_ENABLED", "peer access has not been enabled"}},
    {712, {"CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED", "part or all of the memory is already mapped"}},
    {716, {"CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"}},
    {719, {"CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"}},
    {801, {"CUDA_ERROR_NOT_SUPPORTED", "operation not supported"}},
    {900, {"CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"}},
    {901, {"CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to a previous error during capture"}},
    {903, {"CUDA_ERROR_STREAM_CAPTURE_UNMATCHED", "capture was not initiated in this stream"}},
    {904, {"CUDA_ERROR_STREAM_CAPTURE_UNJOINED", "capturing stream has unjoined work"}},
    {905, {"CUDA_ERROR_STREAM_CAPTURE_ISOLATION", "dependency created on uncaptured work in another stream"}},
    {906, {"CUDA_ERROR_STREAM_CAPTURE_IMPLICIT", "operation would make the legacy stream depend on a capturing stream"}},
    {907, {"CUDA_ERROR_CAPTURED_EVENT", "operation not permitted on an event last recorded in a capturing stream"}},
    {999, {"CUDA_ERROR_UNKNOWN", "unknown error"}},
};

EMULATOR_API int cuGetErrorName(int code, const char **name) {
  auto found = errors.find(code);
  *name = found == errors.end() ? nullptr : found->second.first;
  return *name ? SUCCESS : INVALID_VALUE;
}

EMULATOR_API int cuGetErrorString(int code, const char **text) {
  auto found = errors.find(code);
  *text = found == errors.end() ? nullptr : found->second.second;
  return *text ? SUCCESS : INVALID_VALUE;
}
