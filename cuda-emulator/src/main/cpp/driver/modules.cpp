// Modules are shared objects compiled by the fake NVRTC; their "PTX" names the file. Launches.
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state.h"

static const char MARKER[] = "//EMULATED-OBJECT ";
static constexpr int SHARED_LIMIT = 232448;

// dlopen shares the statics (__shared__, __constant__) of one file between its users: every module loads its own copy.
static void *open_copy(const std::string &file) {
  int from = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (from < 0) return nullptr;
  struct stat info;
  fstat(from, &info);
  const char *folder = getenv("TMPDIR");
  std::string path = std::string(folder ? folder : P_tmpdir) + "/emulated-kernel-XXXXXX";
  int copy = mkostemp(path.data(), O_CLOEXEC);
  off_t offset = 0;
  while (copy >= 0 && offset < info.st_size && sendfile(copy, from, &offset, (size_t)(info.st_size - offset)) > 0) {
  }
  close(from);
  if (copy < 0) return nullptr;
  close(copy);
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) emulator_say("%s", dlerror());
  unlink(path.c_str());
  return library;
}

static int load(Context *context, Module **module, const char *image) {
  const char *marked = strstr(image, MARKER);
  if (!marked) return INVALID_IMAGE;
  marked += sizeof MARKER - 1;
  std::string file(marked, strcspn(marked, "\n"));
  void *library = open_copy(file);
  if (!library) return INVALID_IMAGE;
  auto describe = (EmulatorModule * (*)()) dlsym(library, "emulator_module");
  if (!describe || describe()->abi != EMULATOR_ABI) {
    dlclose(library);
    return INVALID_IMAGE;
  }
  auto loaded = std::make_unique<Module>();
  loaded->library = library;
  loaded->contents = describe();
  loaded->context = context;
  EmulatorModule &contents = *loaded->contents;
  memset(contents.uninitialised, 0xFF, (size_t)(contents.uninitialised_end - contents.uninitialised));
  for (int i = 0; i < contents.kernel_count; i++) {
    const EmulatorKernel &entry = contents.kernels[i];
    EmulatorCall *call = emulator_call((std::string("kernel:") + entry.name).c_str());
    loaded->kernels[entry.name] = Kernel{loaded.get(), &entry, call};
  }
  state.handles.insert(loaded.get());
  *module = loaded.release();
  return SUCCESS;
}

EMULATOR_API int cuModuleLoadData(Module **module, const void *image) {
  ENTER_CONTEXT();
  REFUSE_DURING_CAPTURE();
  return load(context, module, (const char *)image);
}

EMULATOR_API int cuModuleLoadDataEx(Module **module, const void *image, unsigned, int *, void **) {
  ENTER();
  return cuModuleLoadData(module, image);
}

EMULATOR_API int cuModuleUnload(Module *module) {
  ENTER_CONTEXT();
  REQUIRE_HANDLE(module);
  synchronize(context);
  state.handles.erase(module);
  dlclose(module->library);
  delete module;
  return SUCCESS;
}

EMULATOR_API int cuModuleGetFunction(Kernel **kernel, Module *module, const char *name) {
  ENTER_CONTEXT();
  (void)context;
  REQUIRE_HANDLE(module);
  auto found = module->kernels.find(name);
  if (found == module->kernels.end()) return NOT_FOUND;
  *kernel = &found->second;
  return SUCCESS;
}

EMULATOR_API int cuFuncSetAttribute(Kernel *kernel, int attribute, int value) {
  ENTER_CONTEXT();
  (void)context;
  if (attribute == 8) {
    if (value < 0 || value > SHARED_LIMIT) return INVALID_VALUE;
    kernel->shared_limit = value;
  }
  return attribute == 8 || attribute == 9 ? SUCCESS : INVALID_VALUE;
}

EMULATOR_API int cuFuncGetAttribute(int *value, int attribute, Kernel *kernel) {
  ENTER_CONTEXT();
  (void)context;
  *value = attribute == 0 ? 1024 : attribute == 4 ? 32 : attribute == 8 ? kernel->shared_limit : 0;
  return SUCCESS;
}

EMULATOR_API int cuFuncSetCacheConfig(Kernel *, int) {
  ENTER_CONTEXT();
  (void)context;
  return SUCCESS;
}

EMULATOR_API int cuFuncGetModule(Module **module, Kernel *kernel) {
  ENTER_CONTEXT();
  (void)context;
  *module = kernel->module;
  return SUCCESS;
}

EMULATOR_API int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, Kernel *, int block, size_t shared) {
  ENTER_CONTEXT();
  (void)context;
  if (block <= 0) return INVALID_VALUE;
  int by_threads = std::min(32, 2048 / block), by_memory = (int)(233472 / (shared + 1024));
  *blocks = std::min(by_threads, by_memory);
  return SUCCESS;
}

EMULATOR_API int cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks, Kernel *kernel, int block,
                                                                      size_t shared, unsigned) {
  ENTER();
  return cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, kernel, block, shared);
}

EMULATOR_API int cuOccupancyMaxPotentialBlockSize(int *grid, int *block, Kernel *, void *, size_t, int limit) {
  ENTER_CONTEXT();
  (void)context;
  *block = limit > 0 && limit < 256 ? limit : 256;
  *grid = 8 * 8;
  return SUCCESS;
}

// ---- launches ----

static bool within_limits(EmulatorExtent grid, EmulatorExtent block) {
  if (!grid.x || !grid.y || !grid.z || !block.x || !block.y || !block.z) return false;
  if (grid.x > 2147483647u || grid.y > 65535 || grid.z > 65535) return false;
  return block.x <= 1024 && block.y <= 1024 && block.z <= 64 && block.x * block.y * block.z <= 1024;
}

// Copies the arguments, given one by one or as one packed buffer.
int fill_launch(Launch &launch, Kernel *kernel, EmulatorExtent grid, EmulatorExtent block, unsigned shared,
                void **parameters, void **extra) {
  const EmulatorKernel *entry = kernel->entry;
  if (!within_limits(grid, block) || (int)shared > kernel->shared_limit) return INVALID_VALUE;
  if (parameters && extra) return INVALID_VALUE;
  size_t size = 0;
  std::vector<size_t> offsets((size_t)entry->parameters);
  for (size_t i = 0; i < offsets.size(); i++) {
    size_t alignment = entry->alignments[i];
    offsets[i] = (size + alignment - 1) / alignment * alignment;
    size = offsets[i] + entry->sizes[i];
  }
  const char *packed = nullptr;
  size_t packed_size = 0;
  for (void **e = extra; e && *e; e += 2) {
    if (*e == (void *)1) packed = (const char *)e[1];
    if (*e == (void *)2) packed_size = *(const size_t *)e[1];
  }
  if (entry->parameters && !parameters && (!packed || packed_size < size)) return INVALID_VALUE;
  launch.kernel = kernel;
  launch.grid = grid;
  launch.block = block;
  launch.shared = shared;
  launch.storage.resize(size / 8 + 4);  // room to align what needs 16 bytes
  char *storage = (char *)(((uintptr_t)launch.storage.data() + 15) & ~(uintptr_t)15);
  launch.parameters.resize(offsets.size());
  for (size_t i = 0; i < offsets.size(); i++) {
    if (parameters && !parameters[i]) return INVALID_VALUE;
    launch.parameters[i] = storage + offsets[i];
    memcpy(launch.parameters[i], parameters ? parameters[i] : packed + offsets[i], entry->sizes[i]);
  }
  return SUCCESS;
}

EmulatorWork launch_work(Context *context, std::shared_ptr<Launch> launch) {
  return [context, launch] {
    const EmulatorKernel *entry = launch->kernel->entry;
    if (int injected = emulator_enter(launch->kernel->call)) return injected;
    for (int i = 0; i < entry->parameters; i++) {
      if (!entry->pointers[i]) continue;
      DevicePointer p;
      memcpy(&p, launch->parameters[(size_t)i], sizeof p);
      if (int code = check_argument(entry->name, i, context, p)) return code;
    }
    return execute(*launch);
  };
}

EMULATOR_API int cuLaunchKernel(Kernel *kernel, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                                unsigned block_y, unsigned block_z, unsigned shared, void *handle, void **parameters,
                                void **extra) {
  ENTER_CONTEXT();
  Stream *stream = stream_of(context, handle);
  if (!stream || stream->context != context || kernel->module->context != context) return INVALID_HANDLE;
  auto launch = std::make_shared<Launch>();
  int code = fill_launch(*launch, kernel, {grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared, parameters, extra);
  if (code) return code;
  return submit(stream, NodeKind::KERNEL, launch_work(context, launch), launch);
}

