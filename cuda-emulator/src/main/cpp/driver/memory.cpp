// Device memory, pinned memory, copies and fills. Each allocation lies between protected pages and ends at the second
// one, so that a kernel which leaves it faults; fresh memory holds NaN.
#include <cstdlib>
#include <sys/mman.h>

#include "state.h"

static constexpr size_t PAGE = 4096, ALIGNMENT = 256, GRANULARITY = 512, GARBAGE_LIMIT = (size_t)32 << 20;

static size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

const Allocation *find_allocation(DevicePointer p) {
  auto after = state.allocations.upper_bound(p);
  if (after == state.allocations.begin()) return nullptr;
  auto found = std::prev(after);
  return p < found->first + found->second.size ? &found->second : nullptr;
}

// Bytes from p to the end of its allocation.
static size_t room_at(DevicePointer p) {
  auto after = state.allocations.upper_bound(p);
  if (after == state.allocations.begin()) return 0;
  auto found = std::prev(after);
  DevicePointer end = found->first + found->second.size;
  return p < end ? end - p : 0;
}

bool is_pinned(const void *p, size_t bytes) {
  auto after = state.pinned.upper_bound((DevicePointer)p);
  if (after == state.pinned.begin()) return false;
  auto found = std::prev(after);
  return (DevicePointer)p + bytes <= found->first + found->second;
}

static bool reaches(Context *context, int device) {
  return device == context->device || context->peers.count(&state.devices[(size_t)device]->context);
}

EMULATOR_API int emulator_check(const char *user, int device, const void *p, size_t bytes) {
  Lock lock(state.lock);
  if (bytes == 0) return SUCCESS;
  const Allocation *allocation = find_allocation((DevicePointer)p);
  if (!allocation) {
    if (is_pinned(p, bytes)) return SUCCESS;
    emulator_say("%s: %p is no device memory", user, p);
    return ILLEGAL_ADDRESS;
  }
  if (!reaches(&state.devices[(size_t)device]->context, allocation->device)) {
    emulator_say("%s: %p is memory of device %d, used on device %d", user, p, allocation->device, device);
    return ILLEGAL_ADDRESS;
  }
  if (bytes > room_at((DevicePointer)p)) {
    emulator_say("%s: %zu bytes at %p, but its allocation ends after %zu", user, bytes, p, room_at((DevicePointer)p));
    return ILLEGAL_ADDRESS;
  }
  return SUCCESS;
}

// A pointer argument of a kernel: into this device's memory or a peer's, pinned, null, or just past an allocation.
int check_argument(const char *kernel, int parameter, Context *context, DevicePointer p) {
  if (!p) return SUCCESS;
  if (const Allocation *allocation = find_allocation(p)) {
    if (reaches(context, allocation->device)) return SUCCESS;
    emulator_say("kernel %s: parameter %d is memory of device %d, launched on device %d", kernel, parameter,
                 allocation->device, context->device);
    return ILLEGAL_ADDRESS;
  }
  if (find_allocation(p - 1) || is_pinned((void *)p, 0)) return SUCCESS;
  emulator_say("kernel %s: parameter %d is no device memory", kernel, parameter);
  return ILLEGAL_ADDRESS;
}

static int check_range(Context *context, DevicePointer p, size_t bytes) {
  const Allocation *allocation = find_allocation(p);
  if (bytes == 0) return SUCCESS;
  if (!allocation || bytes > room_at(p)) return INVALID_VALUE;
  return reaches(context, allocation->device) ? SUCCESS : INVALID_VALUE;
}
#define REQUIRE_RANGE(p, bytes) \
  if (int outside = check_range(context, p, bytes)) return outside

static int allocate(Context *context, DevicePointer *p, size_t bytes) {
  if (!bytes) return INVALID_VALUE;
  Device &device = *state.devices[(size_t)context->device];
  size_t charged = round_up(bytes, GRANULARITY);
  if (device.used + charged > device.total) return OUT_OF_MEMORY;
  size_t pages = round_up(bytes, PAGE), mapped = pages + 2 * PAGE;
  char *mapping = (char *)mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) return OUT_OF_MEMORY;
  mprotect(mapping + PAGE, pages, PROT_READ | PROT_WRITE);
  char *memory = mapping + PAGE + (pages - bytes) / ALIGNMENT * ALIGNMENT;
  memset(memory, 0xFF, std::min(bytes, GARBAGE_LIMIT));
  state.allocations[(DevicePointer)memory] = {bytes, context->device, mapping, mapped};
  device.used += charged;
  *p = (DevicePointer)memory;
  return SUCCESS;
}

EMULATOR_API int cuMemAlloc_v2(DevicePointer *p, size_t bytes) {
  ENTER_CONTEXT();
  REFUSE_DURING_CAPTURE();
  return allocate(context, p, bytes);
}

EMULATOR_API int cuMemAllocManaged(DevicePointer *p, size_t bytes, unsigned) {
  ENTER_CONTEXT();
  REFUSE_DURING_CAPTURE();
  return allocate(context, p, bytes);
}

static void release(std::map<DevicePointer, Allocation>::iterator entry) {
  Allocation &allocation = entry->second;
  state.devices[(size_t)allocation.device]->used -= round_up(allocation.size, GRANULARITY);
  munmap(allocation.mapping, allocation.mapped);
  state.allocations.erase(entry);
}

EMULATOR_API int cuMemFree_v2(DevicePointer p) {
  ENTER_CONTEXT();
  REFUSE_DURING_CAPTURE();
  if (!p) return SUCCESS;
  auto found = state.allocations.find(p);
  if (found == state.allocations.end()) return INVALID_VALUE;
  synchronize(&state.devices[(size_t)found->second.device]->context);
  release(found);
  return SUCCESS;
}

void free_all(int device) {
  for (auto entry = state.allocations.begin(); entry != state.allocations.end();) {
    auto next = std::next(entry);
    if (entry->second.device == device) release(entry);
    entry = next;
  }
}

// Stream-ordered allocation: taken at once, given back in stream order.
EMULATOR_API int cuMemAllocAsync(DevicePointer *p, size_t bytes, void *handle) {
  ENTER_CONTEXT();
  Stream *stream = stream_of(context, handle);
  if (!stream) return INVALID_HANDLE;
  if (stream->capture) return NOT_SUPPORTED;
  return allocate(context, p, bytes);
}

EMULATOR_API int cuMemFreeAsync(DevicePointer p, void *handle) {
  ENTER_CONTEXT();
  Stream *stream = stream_of(context, handle);
  if (!stream) return INVALID_HANDLE;
  if (stream->capture) return NOT_SUPPORTED;
  if (!state.allocations.count(p)) return INVALID_VALUE;
  return submit(stream, NodeKind::OTHER, [p] {
    auto found = state.allocations.find(p);
    if (found != state.allocations.end()) release(found);
    return SUCCESS;
  });
}

EMULATOR_API int cuMemGetInfo_v2(size_t *available, size_t *total) {
  ENTER_CONTEXT();
  Device &device = *state.devices[(size_t)context->device];
  *total = device.total;
  *available = device.total > device.used ? device.total - device.used : 0;
  return SUCCESS;
}

EMULATOR_API int cuMemGetAddressRange_v2(DevicePointer *base, size_t *size, DevicePointer p) {
  ENTER_CONTEXT();
  const Allocation *allocation = find_allocation(p);
  if (!allocation) return NOT_FOUND;
  if (base) *base = p + room_at(p) - allocation->size;
  if (size) *size = allocation->size;
  return SUCCESS;
}

// ---- pinned host memory ----

EMULATOR_API int cuMemHostAlloc(void **p, size_t bytes, unsigned) {
  ENTER_CONTEXT();
  REFUSE_DURING_CAPTURE();
  if (!bytes) return INVALID_VALUE;
  if (posix_memalign(p, PAGE, bytes)) return OUT_OF_MEMORY;
  state.pinned[(DevicePointer)*p] = bytes;
  return SUCCESS;
}

EMULATOR_API int cuMemAllocHost_v2(void **p, size_t bytes) {
  ENTER();
  return cuMemHostAlloc(p, bytes, 0);
}

EMULATOR_API int cuMemFreeHost(void *p) {
  ENTER_CONTEXT();
  REFUSE_DURING_CAPTURE();
  if (!state.pinned.count((DevicePointer)p)) return INVALID_VALUE;
  for (auto &device : state.devices) synchronize(&device->context);
  state.pinned.erase((DevicePointer)p);
  free(p);
  return SUCCESS;
}

EMULATOR_API int cuMemHostGetDevicePointer_v2(DevicePointer *device, void *host, unsigned) {
  ENTER_CONTEXT();
  if (!is_pinned(host, 1)) return INVALID_VALUE;
  *device = (DevicePointer)host;
  return SUCCESS;
}

EMULATOR_API int cuMemHostRegister_v2(void *p, size_t bytes, unsigned) {
  ENTER_CONTEXT();
  REFUSE_DURING_CAPTURE();
  return state.pinned.emplace((DevicePointer)p, bytes).second ? SUCCESS : HOST_MEMORY_ALREADY_REGISTERED;
}

EMULATOR_API int cuMemHostUnregister(void *p) {
  ENTER_CONTEXT();
  REFUSE_DURING_CAPTURE();
  for (auto &device : state.devices) synchronize(&device->context);
  return state.pinned.erase((DevicePointer)p) ? SUCCESS : INVALID_VALUE;
}

EMULATOR_API int cuPointerGetAttribute(void *value, int attribute, DevicePointer p) {
  ENTER_CONTEXT();
  const Allocation *allocation = find_allocation(p);
  bool pinned = is_pinned((void *)p, 1);
  if (!allocation && !pinned) return INVALID_VALUE;
  switch (attribute) {
    case 2: *(unsigned *)value = allocation ? 2 : 1; return SUCCESS;                            // memory type
    case 3: *(DevicePointer *)value = p; return SUCCESS;                                        // device pointer
    case 9: *(int *)value = allocation ? allocation->device : context->device; return SUCCESS;  // device ordinal
    default: return NOT_SUPPORTED;
  }
}

// ---- copies ----

static int copy(Stream *stream, void *to, const void *from, size_t bytes) {
  return submit(stream, NodeKind::COPY, [=] {
    memmove(to, from, bytes);
    return SUCCESS;
  });
}

EMULATOR_API int cuMemcpyHtoD_v2(DevicePointer to, const void *from, size_t bytes) {
  ENTER_CONTEXT();
  REFUSE_DURING_CAPTURE();
  REQUIRE_RANGE(to, bytes);
  run_blocking(context);
  if (context->sticky) return context->sticky;
  memcpy((void *)to, from, bytes);
  return SUCCESS;
}

EMULATOR_API int cuMemcpyDtoH_v2(void *to, DevicePointer from, size_t bytes) {
  ENTER_CONTEXT();
  REFUSE_DURING_CAPTURE();
  REQUIRE_RANGE(from, bytes);
  run_blocking(context);
  if (context->sticky) return context->sticky;
  memcpy(to, (void *)from, bytes);
  return SUCCESS;
}

EMULATOR_API int cuMemcpyDtoD_v2(DevicePointer to, DevicePointer from, size_t bytes) {
  ENTER_CONTEXT();
  REFUSE_DURING_CAPTURE();
  REQUIRE_RANGE(to, bytes);
  REQUIRE_RANGE(from, bytes);
  return copy(&context->legacy, (void *)to, (void *)from, bytes);
}

#define REQUIRE_STREAM(handle)                        \
  Stream *const stream = stream_of(context, handle);  \
  if (!stream) return INVALID_HANDLE

EMULATOR_API int cuMemcpyDtoDAsync_v2(DevicePointer to, DevicePointer from, size_t bytes, void *handle) {
  ENTER_CONTEXT();
  REQUIRE_STREAM(handle);
  REQUIRE_RANGE(to, bytes);
  REQUIRE_RANGE(from, bytes);
  return copy(stream, (void *)to, (void *)from, bytes);
}

// From pinned memory the bytes are read when the copy runs, from pageable memory before the call returns.
EMULATOR_API int cuMemcpyHtoDAsync_v2(DevicePointer to, const void *from, size_t bytes, void *handle) {
  ENTER_CONTEXT();
  REQUIRE_STREAM(handle);
  REQUIRE_RANGE(to, bytes);
  if (is_pinned(from, bytes)) return copy(stream, (void *)to, from, bytes);
  if (stream->capture) return invalidate(*stream->capture, CAPTURE_UNSUPPORTED);
  auto bytes_now = std::make_shared<std::string>((const char *)from, bytes);
  return submit(stream, NodeKind::COPY, [=] {
    memcpy((void *)to, bytes_now->data(), bytes);
    return SUCCESS;
  });
}

EMULATOR_API int cuMemcpyDtoHAsync_v2(void *to, DevicePointer from, size_t bytes, void *handle) {
  ENTER_CONTEXT();
  REQUIRE_STREAM(handle);
  REQUIRE_RANGE(from, bytes);
  bool pinned = is_pinned(to, bytes);
  if (stream->capture && !pinned) return invalidate(*stream->capture, CAPTURE_UNSUPPORTED);
  int code = copy(stream, to, (void *)from, bytes);
  if (!pinned) run_queue(stream);
  return code ? code : context->sticky;
}

static int copy_between(Context *context, DevicePointer to, Context *to_context, DevicePointer from,
                        Context *from_context, size_t bytes, Stream *stream) {
  const Allocation *target = find_allocation(to), *source = find_allocation(from);
  if (bytes == 0) return SUCCESS;
  if (!target || !source || bytes > room_at(to) || bytes > room_at(from)) return INVALID_VALUE;
  if (target->device != to_context->device || source->device != from_context->device) return INVALID_VALUE;
  for (Context *side : {to_context, from_context})
    if (side->sticky && side != context) return side->sticky;
  return copy(stream, (void *)to, (void *)from, bytes);
}

EMULATOR_API int cuMemcpyPeerAsync(DevicePointer to, Context *to_context, DevicePointer from, Context *from_context,
                                   size_t bytes, void *handle) {
  ENTER_CONTEXT();
  REQUIRE_STREAM(handle);
  return copy_between(context, to, to_context, from, from_context, bytes, stream);
}

EMULATOR_API int cuMemcpyPeer(DevicePointer to, Context *to_context, DevicePointer from, Context *from_context,
                              size_t bytes) {
  ENTER_CONTEXT();
  REFUSE_DURING_CAPTURE();
  run_blocking(to_context);
  run_blocking(from_context);
  return copy_between(context, to, to_context, from, from_context, bytes, &context->legacy);
}

// Unified addressing: either side may be host or device memory.
EMULATOR_API int cuMemcpyAsync(DevicePointer to, DevicePointer from, size_t bytes, void *handle) {
  ENTER();
  bool to_device = find_allocation(to), from_device = find_allocation(from);
  if (to_device && from_device) return cuMemcpyDtoDAsync_v2(to, from, bytes, handle);
  if (to_device) return cuMemcpyHtoDAsync_v2(to, (const void *)from, bytes, handle);
  if (from_device) return cuMemcpyDtoHAsync_v2((void *)to, from, bytes, handle);
  return INVALID_VALUE;
}

EMULATOR_API int cuMemcpy(DevicePointer to, DevicePointer from, size_t bytes) {
  ENTER();
  bool to_device = find_allocation(to), from_device = find_allocation(from);
  if (to_device && from_device) return cuMemcpyDtoD_v2(to, from, bytes);
  if (to_device) return cuMemcpyHtoD_v2(to, (const void *)from, bytes);
  if (from_device) return cuMemcpyDtoH_v2((void *)to, from, bytes);
  return INVALID_VALUE;
}

// ---- fills ----

template <class T> static int fill(Context *context, DevicePointer to, T value, size_t count, void *handle) {
  REQUIRE_STREAM(handle);
  REQUIRE_RANGE(to, count * sizeof(T));
  if (to % sizeof(T)) return INVALID_VALUE;
  return submit(stream, NodeKind::SET, [=] {
    std::fill_n((T *)to, count, value);
    return SUCCESS;
  });
}

#define FILL(name, type)                                                                        \
  EMULATOR_API int name##Async(DevicePointer to, type value, size_t count, void *handle) {      \
    ENTER_CONTEXT();                                                                            \
    return fill(context, to, value, count, handle);                                             \
  }                                                                                             \
  EMULATOR_API int name##_v2(DevicePointer to, type value, size_t count) {                      \
    ENTER_CONTEXT();                                                                            \
    REFUSE_DURING_CAPTURE();                                                                    \
    return fill(context, to, value, count, nullptr);                                            \
  }
FILL(cuMemsetD8, unsigned char)
FILL(cuMemsetD16, unsigned short)
FILL(cuMemsetD32, unsigned)
