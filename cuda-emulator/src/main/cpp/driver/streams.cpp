// Streams are queues of work, run at once or, in deferred mode, when somebody synchronises: a missing synchronisation
// then shows as stale data, every time.
#include <ctime>

#include "state.h"

static double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

Stream *stream_of(Context *context, void *handle) {
  if (handle == nullptr || handle == (void *)1 || handle == (void *)2) return &context->legacy;
  return state.handles.count(handle) ? (Stream *)handle : nullptr;
}

static void run_first(Stream *stream) {
  EmulatorWork work = std::move(stream->queue.front());
  stream->queue.pop_front();
  Context *context = stream->context;
  if (context->sticky) return;
  if (int code = work()) context->sticky = code;
}

void run_queue(Stream *stream) {
  while (!stream->queue.empty()) run_first(stream);
}

void run_blocking(Context *context) {
  run_queue(&context->legacy);
  for (Stream *stream : context->streams)
    if (stream->blocking()) run_queue(stream);
}

int synchronize(Context *context) {
  run_blocking(context);
  for (Stream *stream : context->streams) run_queue(stream);
  return context->sticky;
}

// As on a device, an error of the work itself shows at a later call.
int submit(Stream *stream, NodeKind kind, EmulatorWork work, std::shared_ptr<Launch> launch) {
  Context *context = stream->context;
  if (context->sticky) return context->sticky;
  if (stream->capture) return capture_work(stream, kind, std::move(work), std::move(launch));
  if (stream == &context->legacy) {
    if (anything_captured_on_blocking_streams(context)) return CAPTURE_IMPLICIT;
    run_blocking(context);
  } else if (stream->blocking()) {
    run_queue(&context->legacy);
  }
  stream->queue.push_back(std::move(work));
  if (!state.deferred) run_queue(stream);
  return SUCCESS;
}

EMULATOR_API int emulator_submit(void *handle, EmulatorWork work) {
  Lock lock(state.lock);
  Context *context = current_context();
  if (!context) return INVALID_CONTEXT;
  Stream *stream = stream_of(context, handle);
  if (!stream || stream->context != context) return INVALID_HANDLE;
  return submit(stream, NodeKind::KERNEL, std::move(work));
}

#define REQUIRE_STREAM(handle)                        \
  Stream *const stream = stream_of(context, handle);  \
  if (!stream) return INVALID_HANDLE

EMULATOR_API int cuStreamCreate(Stream **stream, unsigned flags) {
  ENTER_CONTEXT();
  if (flags > 1) return INVALID_VALUE;
  *stream = new Stream{context, flags};
  context->streams.insert(*stream);
  state.handles.insert(*stream);
  return SUCCESS;
}

EMULATOR_API int cuStreamCreateWithPriority(Stream **stream, unsigned flags, int) {
  ENTER();
  return cuStreamCreate(stream, flags);
}

EMULATOR_API int cuStreamDestroy_v2(Stream *stream) {
  ENTER_CONTEXT();
  REQUIRE_HANDLE(stream);
  run_queue(stream);
  if (stream->capture) invalidate(*stream->capture, CAPTURE_INVALIDATED);
  stream->context->streams.erase(stream);
  state.handles.erase(stream);
  delete stream;
  return SUCCESS;
}

EMULATOR_API int cuStreamSynchronize(void *handle) {
  ENTER_CONTEXT();
  REQUIRE_STREAM(handle);
  if (stream->capture) return invalidate(*stream->capture, CAPTURE_UNSUPPORTED);
  REFUSE_DURING_CAPTURE();
  if (stream == &stream->context->legacy) run_blocking(stream->context);
  run_queue(stream);
  return stream->context->sticky;
}

// A device makes progress by itself: who asks often enough in deferred mode finds the work done.
static bool is_patient(int &queries) {
  queries = (queries + 1) % 1000;
  return queries == 0;
}

EMULATOR_API int cuStreamQuery(void *handle) {
  ENTER_CONTEXT();
  REQUIRE_STREAM(handle);
  if (stream->capture) return invalidate(*stream->capture, CAPTURE_UNSUPPORTED);
  if (is_patient(stream->queries)) run_queue(stream);
  return stream->queue.empty() ? SUCCESS : NOT_READY;
}

EMULATOR_API int cuStreamGetCtx(void *handle, Context **of) {
  ENTER_CONTEXT();
  REQUIRE_STREAM(handle);
  *of = stream->context;
  return SUCCESS;
}

EMULATOR_API int cuStreamGetFlags(void *handle, unsigned *flags) {
  ENTER_CONTEXT();
  REQUIRE_STREAM(handle);
  *flags = stream->flags;
  return SUCCESS;
}

EMULATOR_API int cuStreamGetPriority(void *handle, int *priority) {
  ENTER_CONTEXT();
  REQUIRE_STREAM(handle);
  *priority = 0;
  return SUCCESS;
}

EMULATOR_API int cuLaunchHostFunc(void *handle, void (*function)(void *), void *data) {
  ENTER_CONTEXT();
  REQUIRE_STREAM(handle);
  return submit(stream, NodeKind::HOST, [=] {
    function(data);
    return SUCCESS;
  });
}

// ---- events ----

EMULATOR_API int cuEventCreate(Event **event, unsigned flags) {
  ENTER_CONTEXT();
  *event = new Event{context, flags, nullptr};
  state.handles.insert(*event);
  return SUCCESS;
}

EMULATOR_API int cuEventDestroy_v2(Event *event) {
  ENTER();
  REQUIRE_HANDLE(event);
  state.handles.erase(event);
  delete event;
  return SUCCESS;
}

EMULATOR_API int cuEventRecord(Event *event, void *handle) {
  ENTER_CONTEXT();
  REQUIRE_HANDLE(event);
  REQUIRE_STREAM(handle);
  if (event->context != stream->context) return INVALID_HANDLE;
  auto mark = std::make_shared<Mark>();
  mark->stream = stream;
  mark->context = stream->context;
  if (stream->capture) {
    if (stream->capture->invalid) return CAPTURE_INVALIDATED;
    mark->capture = stream->capture;
    mark->captured = stream->captured;
    event->mark = mark;
    return SUCCESS;
  }
  event->mark = mark;
  return submit(stream, NodeKind::OTHER, [mark] {
    mark->done = true;
    mark->milliseconds = now();
    return SUCCESS;
  });
}

EMULATOR_API int cuEventRecordWithFlags(Event *event, void *handle, unsigned) {
  ENTER();
  return cuEventRecord(event, handle);
}

static void settle(Mark &mark) {
  bool alive = mark.stream == &mark.context->legacy || state.handles.count(mark.stream);
  while (alive && !mark.done && !mark.stream->queue.empty()) run_first(mark.stream);
  mark.done = true;
}

EMULATOR_API int cuEventSynchronize(Event *event) {
  ENTER_CONTEXT();
  REQUIRE_HANDLE(event);
  if (!event->mark) return SUCCESS;
  if (event->mark->capture) return CAPTURED_EVENT;
  REFUSE_DURING_CAPTURE();
  Context *of = event->mark->context;
  settle(*event->mark);
  return of->sticky ? of->sticky : context->sticky;
}

EMULATOR_API int cuEventQuery(Event *event) {
  ENTER_CONTEXT();
  (void)context;
  REQUIRE_HANDLE(event);
  if (!event->mark) return SUCCESS;
  if (event->mark->capture) return CAPTURED_EVENT;
  REFUSE_DURING_CAPTURE();
  if (is_patient(event->mark->queries)) settle(*event->mark);
  return event->mark->done ? SUCCESS : NOT_READY;
}

EMULATOR_API int cuEventElapsedTime(float *milliseconds, Event *start, Event *end) {
  ENTER();
  REQUIRE_HANDLE(start);
  REQUIRE_HANDLE(end);
  for (Event *event : {start, end}) {
    if (!event->mark || event->mark->capture || (event->flags & 2)) return INVALID_HANDLE;
    if (!event->mark->done) return NOT_READY;
  }
  *milliseconds = (float)(end->mark->milliseconds - start->mark->milliseconds);
  return SUCCESS;
}

// A capturing stream passes its capture on to a stream that waits for it.
static int wait_for_captured(Stream *stream, Mark &mark) {
  Capture &capture = *mark.capture;
  if (capture.invalid || !capture.graph) return CAPTURE_INVALIDATED;
  if (stream->capture && stream->capture != mark.capture) return invalidate(capture, CAPTURE_ISOLATION);
  if (!stream->capture) {
    if (!stream->queue.empty()) run_queue(stream);
    stream->capture = mark.capture;
  }
  stream->unjoined = stream != capture.origin;
  if (mark.stream != stream && mark.captured == mark.stream->captured) mark.stream->unjoined = false;
  return SUCCESS;
}

EMULATOR_API int cuStreamWaitEvent(void *handle, Event *event, unsigned) {
  ENTER_CONTEXT();
  REQUIRE_HANDLE(event);
  REQUIRE_STREAM(handle);
  if (!event->mark) return SUCCESS;
  std::shared_ptr<Mark> mark = event->mark;
  if (mark->capture) return wait_for_captured(stream, *mark);
  if (stream->capture) return invalidate(*stream->capture, CAPTURE_ISOLATION);
  return submit(stream, NodeKind::OTHER, [mark] {
    settle(*mark);
    return SUCCESS;
  });
}
