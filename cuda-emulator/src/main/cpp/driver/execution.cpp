// Runs the blocks of a kernel, one after another. The threads of a block are coroutines: one coroutine runs thread
// after thread, block after block, until a thread waits for others; only then further coroutines take over. A kernel
// that never waits costs a loop. Reversed, threads and blocks run from the last to the first: what was right only because
// thread 0 came first goes wrong.
#include <csetjmp>
#include <csignal>
#include <sys/mman.h>

#include "state.h"

// Saves the callee-saved registers on the running stack and continues on another. A jump and no return: the processor
// would predict a return to here.
extern "C" void emulator_switch(void **save, void *to);
asm(R"(
    .text
    .globl emulator_switch
    .hidden emulator_switch
    .type emulator_switch, @function
emulator_switch:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, (%rdi)
    mov %rsi, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    pop %rcx
    jmp *%rcx
)");

static constexpr size_t STACK = 256 << 10, PAGE = 4096;

struct Coroutine {
  void *stack_pointer;
  char *top;
};

enum ThreadState : char { READY, AT_BARRIER, AT_WARP, DONE };

// The launch that runs now; only one runs at a time, under the lock.
static struct {
  const Launch *launch;
  EmulatorThread *variables;
  int threads, started, limit;  // limit: how many threads may start
  EmulatorExtent upcoming;      // threadIdx of the one that starts next
  // From here on only used once a thread of the block has waited.
  bool waited;
  int thread, counted;
  std::vector<ThreadState> states;
  std::vector<Coroutine *> coroutines;
  std::vector<unsigned> masks;
  std::vector<unsigned long long> offered;
  std::vector<EmulatorExchange> exchanges;
  Coroutine *current;
  void *scheduler;
} run;

static std::vector<Coroutine *> idle, taken;

static bool step(unsigned &at, unsigned size) {
  if (!state.reversed) {
    if (++at < size) return true;
    at = 0;
  } else {
    if (at-- > 0) return true;
    at = size - 1;
  }
  return false;
}

// To the next place of an extent, x running fastest; false after the last.
static bool step(EmulatorExtent &at, const EmulatorExtent &size) {
  return step(at.x, size.x) || step(at.y, size.y) || step(at.z, size.z);
}

static EmulatorExtent beginning(const EmulatorExtent &size) {
  return state.reversed ? EmulatorExtent{size.x - 1, size.y - 1, size.z - 1} : EmulatorExtent{0, 0, 0};
}

// Makes the thread that starts next the running one.
static int start_thread() {
  run.variables->thread = run.upcoming;
  step(run.upcoming, run.launch->block);
  run.thread = state.reversed ? run.threads - 1 - run.started : run.started;
  run.started++;
  return run.thread;
}

static void begin_block() {
  run.started = 0;
  run.limit = run.threads;
  run.upcoming = beginning(run.launch->block);
  run.waited = false;
}

static bool next_block() {
  begin_block();
  return step(run.variables->block, run.launch->grid);
}

// The body of every coroutine.
static void run_threads() {
  const EmulatorKernel *kernel = run.launch->kernel->entry;
  void **parameters = const_cast<void **>(run.launch->parameters.data());
  for (;;) {
    while (run.started < run.limit) {
      int thread = start_thread();
      kernel->run(parameters);
      if (run.waited) run.states[(size_t)thread] = DONE;
    }
    if (!run.waited && next_block()) continue;
    emulator_switch(&run.current->stack_pointer, run.scheduler);
  }
}

static Coroutine *take_coroutine() {
  Coroutine *c;
  if (idle.empty()) {
    void *memory = mmap(nullptr, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    mprotect(memory, PAGE, PROT_NONE);
    // Tops at the same place of every stack would all want the same lines of the cache.
    static size_t colour = 0;
    c = new Coroutine{nullptr, (char *)memory + STACK - 64 - 192 * (colour++ % 64)};
  } else {
    c = idle.back();
    idle.pop_back();
  }
  // The first switch pops six registers and jumps into run_threads, on a stack aligned as after a call.
  void **top = (void **)c->top;
  *--top = nullptr;
  *--top = (void *)run_threads;
  for (int i = 0; i < 6; i++) *--top = nullptr;
  c->stack_pointer = top;
  taken.push_back(c);
  return c;
}

static void resume(Coroutine *c) {
  run.current = c;
  emulator_switch(&run.scheduler, c->stack_pointer);
}

static void give_back_coroutines() {
  idle.insert(idle.end(), taken.begin(), taken.end());
  taken.clear();
}

// ---- waiting ----

// The first wait of a block: the threads that began before this one are done, the others have not begun.
static void begin_waiting() {
  size_t threads = (size_t)run.threads, warps = (threads + 31) / 32;
  run.waited = true;
  run.limit = 0;
  run.states.assign(threads, READY);
  if (state.reversed) std::fill(run.states.begin() + run.thread + 1, run.states.end(), DONE);
  else std::fill_n(run.states.begin(), run.thread, DONE);
  run.coroutines.assign(threads, nullptr);
  run.masks.assign(threads, 0);
  run.offered.resize(threads);
  run.exchanges.resize(warps);
}

static void wait_as(ThreadState kind) {
  if (!run.waited) begin_waiting();
  int thread = run.thread;
  EmulatorExtent index = run.variables->thread;
  run.states[(size_t)thread] = kind;
  run.coroutines[(size_t)thread] = run.current;
  emulator_switch(&run.current->stack_pointer, run.scheduler);
  run.thread = thread;
  run.variables->thread = index;
}

static int sync_block(int predicate) {
  if (!run.waited) begin_waiting();
  run.masks[(size_t)run.thread] = predicate != 0;
  wait_as(AT_BARRIER);
  return run.counted;
}

static const EmulatorExchange *sync_warp(unsigned mask, unsigned long long value) {
  if (!run.waited) begin_waiting();
  size_t thread = (size_t)run.thread;
  run.masks[thread] = mask;
  run.offered[thread] = value;
  wait_as(AT_WARP);
  return &run.exchanges[thread / 32];
}

// Lets one group of lanes go whose living members all wait with the same mask, if there is one. One at a time: its
// lanes read the exchange before the next group fills it.
static bool release_warp(size_t first) {
  size_t lanes = std::min<size_t>(32, (size_t)run.threads - first);
  unsigned tried = 0;
  for (size_t lane = 0; lane < lanes; lane++) {
    if (tried >> lane & 1 || run.states[first + lane] != AT_WARP) continue;
    unsigned mask = run.masks[first + lane], group = 0;
    bool complete = true;
    for (size_t other = 0; other < lanes; other++) {
      ThreadState s = run.states[first + other];
      if (!(mask >> other & 1) || s == DONE) continue;
      if (s == AT_WARP && run.masks[first + other] == mask) group |= 1u << other;
      else complete = false;
    }
    tried |= group;
    if (!complete) continue;
    EmulatorExchange &exchange = run.exchanges[first / 32];
    exchange.lanes = group;
    for (size_t other = 0; other < lanes; other++)
      if (group >> other & 1) {
        exchange.values[other] = run.offered[first + other];
        run.states[first + other] = READY;
      }
    return true;
  }
  return false;
}

static bool release_barrier() {
  int counted = 0;
  for (size_t t = 0; t < (size_t)run.threads; t++) {
    if (run.states[t] == DONE) continue;
    if (run.states[t] != AT_BARRIER) return false;
    counted += (int)run.masks[t];
  }
  run.counted = counted;
  for (ThreadState &s : run.states)
    if (s == AT_BARRIER) s = READY;
  return true;
}

static int report_deadlock() {
  int barrier = 0, warp = 0, done = 0;
  for (ThreadState s : run.states) {
    barrier += s == AT_BARRIER;
    warp += s == AT_WARP;
    done += s == DONE;
  }
  const EmulatorExtent &b = run.variables->block;
  emulator_say("kernel %s, block (%u, %u, %u): threads wait for each other for ever: %d at __syncthreads, %d at a warp "
               "operation, %d finished", run.launch->kernel->entry->name, b.x, b.y, b.z, barrier, warp, done);
  return LAUNCH_FAILED;
}

// Runs the threads of a warp until they are done or wait for other warps: their stacks stay in the cache meanwhile.
static void run_warp(int first) {
  int end = std::min(run.threads, first + 32);
  run.limit = state.reversed ? run.threads - first : end;
  while (run.started < run.limit) resume(take_coroutine());
  do {
    for (int t = first; t < end; t++)
      if (run.states[(size_t)t] == READY) resume(run.coroutines[(size_t)t]);
  } while (release_warp((size_t)first));
}

// Runs the block in which a thread has waited to its end.
static int finish_block() {
  for (;;) {
    int warps = (run.threads + 31) / 32;
    for (int w = 0; w < warps; w++) run_warp(32 * (state.reversed ? warps - 1 - w : w));
    bool alive = false;
    for (ThreadState s : run.states) alive |= s != DONE;
    if (!alive) return SUCCESS;
    if (!release_barrier()) return report_deadlock();
  }
}

static int run_grid() {
  begin_block();
  for (;;) {
    resume(take_coroutine());
    if (run.waited) {
      if (int code = finish_block()) return code;
      give_back_coroutines();
      if (next_block()) continue;
    }
    give_back_coroutines();
    return SUCCESS;
  }
}

// ---- faults of the processor ----

// Thread-local without allocation, since the handler also runs in threads that know nothing of this library.
static __thread __attribute__((tls_model("initial-exec"))) sigjmp_buf *trap;
static const int trapped[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
static struct sigaction previous[4];

// A bad access in a kernel becomes a CUDA error; everything else is the JVM's own.
static void on_fault(int signal, siginfo_t *info, void *context) {
  if (trap) siglongjmp(*trap, signal);
  for (int i = 0; i < 4; i++) {
    if (trapped[i] != signal) continue;
    if (previous[i].sa_flags & SA_SIGINFO) previous[i].sa_sigaction(signal, info, context);
    else sigaction(signal, &previous[i], nullptr);
  }
}

static void install_handlers() {
  static bool installed = false;
  if (installed) return;
  installed = true;
  for (int i = 0; i < 4; i++) {
    // With the mask and flags of the JVM's own handler, which runs inside of this one.
    sigaction(trapped[i], nullptr, &previous[i]);
    struct sigaction action = previous[i];
    action.sa_sigaction = on_fault;
    action.sa_flags |= SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    sigaction(trapped[i], &action, nullptr);
  }
}

static int explain(int signal) {
  const char *what = signal == SIGFPE   ? "integer division by zero"
                     : signal == SIGILL ? "trap"
                                        : "access outside of device memory";
  const EmulatorExtent &b = run.variables->block, &t = run.variables->thread;
  emulator_say("kernel %s, block (%u, %u, %u), thread (%u, %u, %u): %s", run.launch->kernel->entry->name, b.x, b.y, b.z,
               t.x, t.y, t.z, what);
  return signal == SIGFPE || signal == SIGILL ? LAUNCH_FAILED : ILLEGAL_ADDRESS;
}

static constexpr size_t CANARY = 128;

int execute(const Launch &launch) {
  install_handlers();
  EmulatorModule *module = launch.kernel->module->contents;
  EmulatorThread *variables = module->current;
  char *beyond = module->dynamic_shared + launch.shared;
  memset(module->dynamic_shared, 0xFF, launch.shared);
  memset(beyond, 0x5A, CANARY);
  variables->block = beginning(launch.grid);
  variables->block_size = launch.block;
  variables->grid_size = launch.grid;
  variables->shared_bytes = launch.shared;
  variables->sync_block = sync_block;
  variables->sync_warp = sync_warp;
  run.launch = &launch;
  run.variables = variables;
  run.threads = (int)(launch.block.x * launch.block.y * launch.block.z);

  sigjmp_buf here;
  if (int signal = sigsetjmp(here, 1)) {
    trap = nullptr;
    give_back_coroutines();
    return explain(signal);
  }
  trap = &here;
  int code = run_grid();
  trap = nullptr;
  give_back_coroutines();
  for (size_t i = 0; i < CANARY && !code; i++)
    if (beyond[i] != 0x5A) {
      emulator_say("kernel %s: wrote past its %u bytes of dynamic shared memory", launch.kernel->entry->name, launch.shared);
      code = ILLEGAL_ADDRESS;
    }
  return code;
}
