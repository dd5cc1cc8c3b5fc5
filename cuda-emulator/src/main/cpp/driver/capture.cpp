// Stream capture and graphs. A graph runs its nodes in the order in which they were captured.
#include <algorithm>

#include "state.h"

enum Mode { GLOBAL = 0, THREAD_LOCAL = 1, RELAXED = 2 };
static thread_local int thread_mode = GLOBAL;

int invalidate(Capture &capture, int code) {
  capture.invalid = true;
  return code;
}

// Calls that are unsafe during a capture fail and spoil it, as cudaThreadExchangeStreamCaptureMode documents.
int refuse_during_capture() {
  if (state.captures.empty() || thread_mode == RELAXED) return SUCCESS;
  bool refused = false;
  for (Capture *capture : state.captures) {
    bool own = capture->thread == std::this_thread::get_id() && capture->mode != RELAXED;
    if (own || (thread_mode == GLOBAL && capture->mode == GLOBAL)) {
      capture->invalid = true;
      refused = true;
    }
  }
  return refused ? CAPTURE_UNSUPPORTED : SUCCESS;
}

EMULATOR_API int emulator_refuse_during_capture() {
  Lock lock(state.lock);
  return refuse_during_capture();
}

bool anything_captured_on_blocking_streams(Context *context) {
  bool found = false;
  for (Stream *stream : context->streams)
    if (stream->capture && stream->blocking()) found = stream->capture->invalid = true;
  return found;
}

int capture_work(Stream *stream, NodeKind kind, EmulatorWork work, std::shared_ptr<Launch> launch) {
  Capture &capture = *stream->capture;
  if (capture.invalid) return CAPTURE_INVALIDATED;
  auto node = std::make_unique<Node>(Node{kind, std::move(work), std::move(launch)});
  capture.graph->nodes.push_back(std::move(node));
  stream->captured++;
  stream->unjoined = stream != capture.origin;
  return SUCCESS;
}

EMULATOR_API int cuThreadExchangeStreamCaptureMode(int *mode) {
  ENTER();
  if (*mode < GLOBAL || *mode > RELAXED) return INVALID_VALUE;
  std::swap(thread_mode, *mode);
  return SUCCESS;
}

EMULATOR_API int cuStreamBeginCapture_v2(void *handle, int mode) {
  ENTER_CONTEXT();
  Stream *stream = stream_of(context, handle);
  if (!stream) return INVALID_HANDLE;
  if (stream == &stream->context->legacy) return CAPTURE_UNSUPPORTED;
  if (stream->capture || mode < GLOBAL || mode > RELAXED) return INVALID_VALUE;
  auto capture = std::make_shared<Capture>();
  capture->thread = std::this_thread::get_id();
  capture->mode = mode;
  capture->origin = stream;
  state.captures.push_back(capture.get());
  stream->capture = capture;
  stream->captured = 0;
  return SUCCESS;
}

EMULATOR_API int cuStreamIsCapturing(void *handle, int *status) {
  ENTER_CONTEXT();
  Stream *stream = stream_of(context, handle);
  if (!stream) return INVALID_HANDLE;
  *status = !stream->capture ? 0 : stream->capture->invalid ? 2 : 1;
  return SUCCESS;
}

EMULATOR_API int cuStreamEndCapture(void *handle, Graph **graph) {
  ENTER_CONTEXT();
  Stream *stream = stream_of(context, handle);
  if (!stream) return INVALID_HANDLE;
  *graph = nullptr;
  std::shared_ptr<Capture> capture = stream->capture;
  if (!capture) return INVALID_VALUE;
  if (capture->origin != stream) return invalidate(*capture, CAPTURE_UNMATCHED);
  if (capture->mode != RELAXED && capture->thread != std::this_thread::get_id()) return 908;  // another thread's capture
  bool unjoined = false;
  for (auto &device : state.devices)
    for (Stream *other : device->context.streams)
      if (other->capture == capture) {
        unjoined |= other != stream && other->unjoined;
        other->capture = nullptr;
        other->unjoined = false;
        other->captured = 0;
      }
  state.captures.erase(std::find(state.captures.begin(), state.captures.end(), capture.get()));
  if (capture->invalid) return CAPTURE_INVALIDATED;
  if (unjoined) return CAPTURE_UNJOINED;
  *graph = capture->graph.release();
  state.handles.insert(*graph);
  return SUCCESS;
}

// ---- graphs ----

EMULATOR_API int cuGraphInstantiateWithFlags(Graph **executable, Graph *graph, unsigned long long) {
  ENTER_CONTEXT();
  (void)context;
  REQUIRE_HANDLE(graph);
  REFUSE_DURING_CAPTURE();
  *executable = new Graph;
  for (auto &node : graph->nodes) {
    (*executable)->nodes.push_back(std::make_unique<Node>(*node));
    (*executable)->nodes.back()->source = node.get();
  }
  state.handles.insert(*executable);
  return SUCCESS;
}

EMULATOR_API int cuGraphUpload(Graph *executable, void *handle) {
  ENTER_CONTEXT();
  REQUIRE_HANDLE(executable);
  return stream_of(context, handle) ? SUCCESS : INVALID_HANDLE;
}

EMULATOR_API int cuGraphLaunch(Graph *executable, void *handle) {
  ENTER_CONTEXT();
  REQUIRE_HANDLE(executable);
  Stream *stream = stream_of(context, handle);
  if (!stream) return INVALID_HANDLE;
  for (auto &node : executable->nodes)
    if (int code = submit(stream, node->kind, node->work, node->launch)) return code;
  return SUCCESS;
}

static int destroy(Graph *graph) {
  REQUIRE_HANDLE(graph);
  state.handles.erase(graph);
  delete graph;
  return SUCCESS;
}

EMULATOR_API int cuGraphExecDestroy(Graph *executable) {
  ENTER();
  return destroy(executable);
}

EMULATOR_API int cuGraphDestroy(Graph *graph) {
  ENTER();
  return destroy(graph);
}

EMULATOR_API int cuGraphGetNodes(Graph *graph, Node **nodes, size_t *count) {
  ENTER();
  REQUIRE_HANDLE(graph);
  if (!nodes) {
    *count = graph->nodes.size();
    return SUCCESS;
  }
  for (size_t i = 0; i < *count; i++) nodes[i] = i < graph->nodes.size() ? graph->nodes[i].get() : nullptr;
  *count = std::min(*count, graph->nodes.size());
  return SUCCESS;
}

EMULATOR_API int cuGraphNodeGetType(Node *node, int *type) {
  ENTER();
  *type = (int)node->kind;
  return SUCCESS;
}

// CUDA_KERNEL_NODE_PARAMS_v2
struct KernelNodeParameters {
  Kernel *function;
  unsigned grid_x, grid_y, grid_z, block_x, block_y, block_z, shared;
  void **parameters, **extra;
  void *kernel;
  Context *context;
};

EMULATOR_API int cuGraphKernelNodeGetParams_v2(Node *node, KernelNodeParameters *p) {
  ENTER();
  if (!node->launch) return INVALID_VALUE;
  Launch &l = *node->launch;
  *p = {l.kernel,  l.grid.x, l.grid.y, l.grid.z, l.block.x, l.block.y, l.block.z, l.shared, l.parameters.data(),
        nullptr, nullptr,  l.kernel->module->context};
  return SUCCESS;
}

EMULATOR_API int cuGraphExecKernelNodeSetParams_v2(Graph *executable, Node *node, const KernelNodeParameters *p) {
  ENTER_CONTEXT();
  REQUIRE_HANDLE(executable);
  for (auto &own : executable->nodes) {
    if (own->source != node) continue;
    if (!own->launch || p->function->module->context != own->launch->kernel->module->context) return INVALID_VALUE;
    auto launch = std::make_shared<Launch>();
    int code = fill_launch(*launch, p->function, {p->grid_x, p->grid_y, p->grid_z},
                           {p->block_x, p->block_y, p->block_z}, p->shared, p->parameters, p->extra);
    if (code) return code;
    own->launch = launch;
    own->work = launch_work(context, launch);
    return SUCCESS;
  }
  return INVALID_VALUE;
}
