// The state behind the driver API. All of it is guarded by one recursive lock.
#pragma once
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "../emulator.h"
#include "../include/kernel_abi.h"

using DevicePointer = unsigned long long;

enum Result {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NOT_INITIALIZED = 3,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201,
  FILE_NOT_FOUND = 301,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  NOT_READY = 600,
  ILLEGAL_ADDRESS = 700,
  LAUNCH_OUT_OF_RESOURCES = 701,
  PEER_ACCESS_ALREADY_ENABLED = 704,
  PEER_ACCESS_NOT_ENABLED = 705,
  HOST_MEMORY_ALREADY_REGISTERED = 712,
  LAUNCH_FAILED = 719,
  NOT_SUPPORTED = 801,
  CAPTURE_UNSUPPORTED = 900,
  CAPTURE_INVALIDATED = 901,
  CAPTURE_UNMATCHED = 903,
  CAPTURE_UNJOINED = 904,
  CAPTURE_ISOLATION = 905,
  CAPTURE_IMPLICIT = 906,
  CAPTURED_EVENT = 907,
};

struct Context;
struct Module;
struct Stream;

struct Kernel {
  Module *module;
  const EmulatorKernel *entry;
  EmulatorCall *call;
  int shared_limit = 48 << 10;
};

struct Module {
  void *library;
  EmulatorModule *contents;
  Context *context;
  std::map<std::string, Kernel> kernels;
};

// A kernel launch with its own copy of the arguments.
struct Launch {
  Kernel *kernel;
  EmulatorExtent grid, block;
  unsigned shared;
  std::vector<uint64_t> storage;
  std::vector<void *> parameters;
};

enum class NodeKind { KERNEL = 0, COPY = 1, SET = 2, HOST = 3, OTHER = 5 };

// One piece of work in a graph. Nodes of an instantiated graph remember which captured node they came from.
struct Node {
  NodeKind kind;
  EmulatorWork work;
  std::shared_ptr<Launch> launch;
  Node *source = nullptr;
};

struct Graph {
  std::vector<std::unique_ptr<Node>> nodes;
};

struct Capture {
  std::thread::id thread;
  int mode;
  bool invalid = false;
  Stream *origin;
  std::unique_ptr<Graph> graph = std::make_unique<Graph>();
};

struct Stream {
  Context *context;
  unsigned flags;
  std::deque<EmulatorWork> queue = {};
  int queries = 0;
  std::shared_ptr<Capture> capture = {};
  // During capture: work in this stream that the origin does not wait for yet.
  long captured = 0;
  bool unjoined = false;
  bool blocking() const { return !(flags & 1); }
};

// One recording of an event.
struct Mark {
  Stream *stream;
  Context *context;
  bool done = false;
  int queries = 0;
  double milliseconds = 0;
  std::shared_ptr<Capture> capture = {};
  long captured = 0;
};

struct Event {
  Context *context;
  unsigned flags;
  std::shared_ptr<Mark> mark;
};

struct Context {
  int device = 0;
  int references = 0;
  int sticky = 0;
  Stream legacy{this, 0};
  std::set<Stream *> streams;
  std::set<Context *> peers;
};

struct Device {
  Context context;
  size_t total, used = 0;
};

struct Allocation {
  size_t size;
  int device;
  void *mapping;
  size_t mapped;
};

struct State {
  std::recursive_mutex lock;
  bool initialised = false;
  bool deferred = false;
  bool reversed = false;
  int device_count = 1;
  size_t device_memory = (size_t)1 << 30;
  std::vector<std::unique_ptr<Device>> devices;
  std::map<DevicePointer, Allocation> allocations;
  std::map<DevicePointer, size_t> pinned;
  std::unordered_set<void *> handles;  // live streams, events, modules and graphs
  std::vector<Capture *> captures;
};
extern State &state;

using Lock = std::lock_guard<std::recursive_mutex>;

// devices.cpp
Context *current_context();
// faults.cpp
void read_environment();
void injected_into(Context *context, int code);
// memory.cpp
const Allocation *find_allocation(DevicePointer p);
bool is_pinned(const void *p, size_t bytes);
void free_all(int device);
int check_argument(const char *kernel, int parameter, Context *context, DevicePointer p);
// streams.cpp
Stream *stream_of(Context *context, void *handle);
int submit(Stream *stream, NodeKind kind, EmulatorWork work, std::shared_ptr<Launch> launch = nullptr);
void run_queue(Stream *stream);
void run_blocking(Context *context);
int synchronize(Context *context);
// capture.cpp
int refuse_during_capture();
int invalidate(Capture &capture, int code);
int capture_work(Stream *stream, NodeKind kind, EmulatorWork work, std::shared_ptr<Launch> launch);
bool anything_captured_on_blocking_streams(Context *context);
// modules.cpp
int fill_launch(Launch &launch, Kernel *kernel, EmulatorExtent grid, EmulatorExtent block, unsigned shared,
                void **parameters, void **extra);
EmulatorWork launch_work(Context *context, std::shared_ptr<Launch> launch);
// execution.cpp
int execute(const Launch &launch);

bool is_sticky(int code);

// Every function of the API begins with one of these.
#define ENTER()                      \
  Lock lock(state.lock);             \
  EMULATOR_ENTER()
#define ENTER_CONTEXT()                                  \
  ENTER();                                               \
  Context *const context = current_context();            \
  if (!context) return INVALID_CONTEXT;                  \
  if (context->sticky) return context->sticky
#define REQUIRE_DEVICE(device)                                                     \
  if (!state.initialised) return NOT_INITIALIZED;                                  \
  if ((device) < 0 || (device) >= (int)state.devices.size()) return INVALID_DEVICE
#define REFUSE_DURING_CAPTURE() \
  if (int refused = refuse_during_capture()) return refused
#define REQUIRE_HANDLE(handle) \
  if (!state.handles.count(handle)) return INVALID_HANDLE
