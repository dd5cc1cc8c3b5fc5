// Injected faults, call counts, and the text commands by which tests steer the emulator.
#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "state.h"

struct EmulatorCall {
  std::string function;
  std::atomic<long> count{0};
};

struct Fault {
  std::string pattern;  // a function, "kernel:<name>", or a beginning of either with * at its end
  int code = LAUNCH_FAILED, skip = 0, times = 1, device = -1;

  bool fits(const std::string &function) const {
    if (pattern.back() != '*') return pattern == function;
    return function.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1) == 0;
  }
};

// Never destroyed: other libraries may call while the process ends.
static auto &calls = *new std::map<std::string, std::unique_ptr<EmulatorCall>>;
static auto &faults = *new std::vector<Fault>;
static std::atomic<bool> armed{false};
static long injected_faults = 0;

EMULATOR_API EmulatorCall *emulator_call(const char *function) {
  Lock lock(state.lock);
  auto &call = calls[function];
  if (!call) {
    call = std::make_unique<EmulatorCall>();
    call->function = function;
  }
  return call.get();
}

EMULATOR_API int emulator_enter(EmulatorCall *call) {
  call->count.fetch_add(1, std::memory_order_relaxed);
  if (!armed.load(std::memory_order_relaxed)) return 0;
  Lock lock(state.lock);
  int device = emulator_device();
  for (size_t i = 0; i < faults.size(); i++) {
    Fault &fault = faults[i];
    if (!fault.fits(call->function) || (fault.device >= 0 && fault.device != device)) continue;
    if (fault.skip > 0) {
      fault.skip--;
      continue;
    }
    int code = fault.code;
    if (--fault.times <= 0) faults.erase(faults.begin() + (long)i);
    armed = !faults.empty();
    injected_faults++;
    // What a device dies of stays, whichever call reports it first.
    bool driver = call->function.compare(0, 2, "cu") == 0 && isupper(call->function[2]);
    if (driver && is_sticky(code)) injected_into(current_context(), code);
    return code;
  }
  return 0;
}

void injected_into(Context *context, int code) {
  if (context && !context->sticky) context->sticky = code;
}

bool is_sticky(int code) { return code == 700 || code == 710 || (code >= 714 && code <= 719) || code == 999; }

EMULATOR_API void emulator_say(const char *format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  fprintf(stderr, "[cuda-emulator] %s\n", line);
}

EMULATOR_API int emulator_missing(const char *function, int code) {
  static auto &said = *new std::set<std::string>;
  Lock lock(state.lock);
  if (said.insert(function).second) emulator_say("%s is not emulated", function);
  return code;
}

static std::string add_fault(std::istringstream &words) {
  Fault fault;
  if (!(words >> fault.pattern)) return "error: fail needs a function";
  for (std::string word; words >> word;) {
    size_t equals = word.find('=');
    std::string key = word.substr(0, equals);
    int value = equals == std::string::npos ? 0 : atoi(word.c_str() + equals + 1);
    if (key == "code") fault.code = value;
    else if (key == "skip") fault.skip = value;
    else if (key == "times") fault.times = value;
    else if (key == "device") fault.device = value;
    else return "error: unknown word '" + word + "' after fail";
  }
  faults.push_back(fault);
  armed = true;
  return "";
}

static std::string count_of(const std::string &pattern) {
  Fault filter;
  filter.pattern = pattern;
  long sum = 0;
  for (auto &call : calls)
    if (filter.fits(call.first)) sum += call.second->count;
  return std::to_string(sum);
}

static std::string set_devices(int count) {
  if (state.initialised) return "error: the number of devices is fixed once cuInit has been called";
  state.device_count = count;
  return "";
}

static std::string set_memory(size_t megabytes) {
  state.device_memory = megabytes << 20;
  for (auto &device : state.devices) device->total = state.device_memory;
  return "";
}

static std::string set_deferred(bool deferred) {
  if (state.deferred && !deferred)
    for (auto &device : state.devices) {
      run_blocking(&device->context);
      for (Stream *stream : device->context.streams) run_queue(stream);
    }
  state.deferred = deferred;
  return "";
}

static std::string execute_command(const std::string &command) {
  std::istringstream words(command);
  std::string verb, argument;
  words >> verb;
  if (verb.empty()) return "";
  if (verb == "fail") return add_fault(words);
  words >> argument;
  int number = atoi(argument.c_str());
  if (verb == "clear") {
    faults.clear();
    armed = false;
    return "";
  }
  if (verb == "revive") {
    for (auto &device : state.devices) device->context.sticky = 0;
    return "";
  }
  if (verb == "devices") return set_devices(number);
  if (verb == "memory") return set_memory((size_t)number);
  if (verb == "deferred") return set_deferred(argument == "on");
  if (verb == "reversed") {
    state.reversed = argument == "on";
    return "";
  }
  if (verb == "calls" && !argument.empty()) return count_of(argument);
  if (verb == "injected") return std::to_string(injected_faults);
  if (verb == "pinned") return std::to_string(state.pinned.size());
  if (verb == "handles") return std::to_string(state.handles.size());
  bool known = number >= 0 && number < (int)state.devices.size();
  if (verb == "used") return std::to_string(known ? state.devices[(size_t)number]->used : 0);
  if (verb == "allocations") {
    long count = 0;
    for (auto &entry : state.allocations) count += entry.second.device == number;
    return std::to_string(count);
  }
  return "error: unknown command '" + command + "'";
}

// Commands separated by ; or newlines; the answer of the last one, or the first error.
static std::string control(const std::string &text) {
  read_environment();
  Lock lock(state.lock);
  std::string answer, command;
  for (size_t at = 0; at <= text.size(); at++) {
    if (at < text.size() && text[at] != ';' && text[at] != '\n') {
      command += text[at];
      continue;
    }
    answer = execute_command(command);
    if (answer.compare(0, 6, "error:") == 0) return answer;
    command.clear();
  }
  return answer;
}

// Once, at cuInit or at the first command, whichever comes first.
void read_environment() {
  Lock lock(state.lock);
  static bool done = false;
  if (done) return;
  done = true;
  if (const char *devices = getenv("DENDRA_EMULATOR_DEVICES")) set_devices(atoi(devices));
  if (const char *megabytes = getenv("DENDRA_EMULATOR_DEVICE_MB")) set_memory((size_t)atol(megabytes));
  if (const char *deferred = getenv("DENDRA_EMULATOR_DEFERRED")) state.deferred = *deferred == '1';
  if (const char *reversed = getenv("DENDRA_EMULATOR_REVERSED")) state.reversed = *reversed == '1';
  if (const char *text = getenv("DENDRA_EMULATOR_FAULTS")) {
    std::string answer = control(text);
    if (!answer.empty()) emulator_say("DENDRA_EMULATOR_FAULTS: %s", answer.c_str());
  }
}

// For C and C++ tests.
EMULATOR_API int dendra_emulator_control(const char *text, char *answer, size_t size) {
  std::string result = control(text);
  if (answer && size) snprintf(answer, size, "%s", result.c_str());
  return result.compare(0, 6, "error:") == 0;
}

// static native byte[] execute(byte[] command) of io.dendra.cuda.emulator.EmulatorControl. The indices are those of the JNI
// specification's function table, so that no JDK headers are needed to build this.
EMULATOR_API void *Java_io_dendra_cuda_emulator_EmulatorControl_execute(void *environment, void *, void *command) {
  void **table = *(void ***)environment;
  auto length = (int (*)(void *, void *))table[171];                            // GetArrayLength
  auto create = (void *(*)(void *, int))table[176];                             // NewByteArray
  auto read = (void (*)(void *, void *, int, int, char *))table[200];           // GetByteArrayRegion
  auto write = (void (*)(void *, void *, int, int, const char *))table[208];    // SetByteArrayRegion
  std::string text((size_t)length(environment, command), 0);
  read(environment, command, 0, (int)text.size(), text.data());
  std::string result = control(text);
  void *answer = create(environment, (int)result.size());
  if (answer) write(environment, answer, 0, (int)result.size(), result.data());
  return answer;
}
