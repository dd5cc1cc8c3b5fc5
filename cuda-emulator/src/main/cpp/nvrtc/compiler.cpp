// g++ behind NVRTC's interface: preprocess against a precompiled header, rewrite, compile, link, move into the cache.
#include "compiler.h"

#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <sstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rewrite.h"

using std::string;
extern char **environ;

static string read_file(const string &path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

static const string &home() {
  static const string folder = [] {
    Dl_info info;
    dladdr((void *)home, &info);
    string path = info.dli_fname;
    return path.substr(0, path.rfind('/'));
  }();
  return folder;
}

static const string &cache() {
  static const string folder = [] {
    const char *given = getenv("DENDRA_EMULATOR_CACHE");
    string path = given ? given : home() + "/kernels";
    mkdir(path.c_str(), 0755);
    return path;
  }();
  return folder;
}

// Runs a program without a shell, with stderr into a file.
static bool run(const std::vector<string> &command, const string &errors) {
  std::vector<char *> arguments;
  for (const string &word : command) arguments.push_back(const_cast<char *>(word.c_str()));
  arguments.push_back(nullptr);
  // Plain messages, whatever the locale.
  std::vector<char *> environment = {const_cast<char *>("LC_ALL=C")};
  for (char **variable = environ; *variable; variable++)
    if (strncmp(*variable, "LC_ALL=", 7) != 0) environment.push_back(*variable);
  environment.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  pid_t child;
  int failed = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed) {
    std::ofstream(errors, std::ios::app) << command[0] << " does not start\n";
    return false;
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void hash(uint64_t &h, const string &text) {
  for (unsigned char c : text) h = (h ^ c) * 0x100000001B3u;
  h = (h ^ 0xFF) * 0x100000001B3u;
}

static string key_of(const Program &program, const std::vector<string> &options) {
  string key;
  for (uint64_t h : {0xCBF29CE484222325u, 0x9E3779B97F4A7C15u}) {
    hash(h, program.source);
    hash(h, program.name);
    hash(h, home());
    for (const string &option : options) hash(h, option);
    for (const string &expression : program.expressions) hash(h, expression);
    for (auto &header : program.headers) hash(h, header.first), hash(h, header.second);
    char hex[17];
    snprintf(hex, sizeof hex, "%016llx", (unsigned long long)h);
    key += hex;
  }
  return key;
}

// A folder of this compilation alone, gone with it.
struct Workplace {
  string path;
  explicit Workplace(const string &key) {
    static std::atomic<int> number{0};
    path = cache() + "/" + key + "." + std::to_string(getpid()) + "." + std::to_string(number++);
    mkdir(path.c_str(), 0755);
  }
  ~Workplace() {
    if (getenv("DENDRA_EMULATOR_KEEP")) return;
    for (const string &file : files) unlink(file.c_str());
    rmdir(path.c_str());
  }
  string file(const string &name) {
    files.push_back(path + "/" + name);
    return files.back();
  }

 private:
  std::vector<string> files;
};

static std::vector<string> compiler() {
  const char *level = getenv("DENDRA_EMULATOR_OPTIMIZE");
  return {"g++", "-std=c++17", level ? level : "-O1", "-w", "-fPIC", "-fvisibility=hidden", "-fno-strict-aliasing",
          "-fno-math-errno", "-D__CUDACC__", "-D__CUDACC_RTC__", "-D__CUDA_ARCH__=900", "-DCUDA_EMULATOR"};
}

static std::vector<string> operator+(std::vector<string> a, const std::vector<string> &b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// The linker itself, without the compiler driver and the start files around it: four fifths of the time. The C library
// is in every process; the mathematical one is named by the file in which this process has it.
static bool link_object(const string &compiled, const string &linked, const string &errors) {
  static const string mathematics = [] {
    Dl_info info;
    return string(dladdr((void *)(float (*)(float))expm1f, &info) && info.dli_fname ? info.dli_fname : "-lm");
  }();
  return run({"ld", "-shared", compiled, "-o", linked, mathematics}, "/dev/null") ||
         run({"g++", "-shared", "-nostartfiles", compiled, "-o", linked, "-lm"}, errors);
}

// Macros take effect after the precompiled header, which is none of the program's business.
static string definition(const string &option) {
  string macro = option.substr(2);
  size_t equals = macro.find('=');
  if (option[1] == 'U') return "#undef " + macro + "\n";
  return "#define " + macro.substr(0, equals) + " " + (equals == string::npos ? "1" : macro.substr(equals + 1)) + "\n";
}

bool compile(Program &program, const std::vector<string> &options) {
  string key = key_of(program, options), object = cache() + "/" + key + ".so";
  program.log.clear();
  program.object = object;
  if (access(object.c_str(), R_OK) == 0) return true;
  Workplace work(key);
  string source = work.file("kernel.cu"), preprocessed = work.file("kernel.i"), errors = work.file("log");
  string rewritten = work.file("kernel.ii"), compiled = work.file("kernel.o"), linked = work.file("kernel.so");
  for (auto &header : program.headers) std::ofstream(work.file(header.first), std::ios::binary) << header.second;
  string definitions;
  std::vector<string> folders;
  for (const string &option : options) {
    if (option[1] == 'I') folders.push_back(option);
    else definitions += definition(option);
  }
  std::ofstream(source, std::ios::binary) << definitions << "#line 1 \"" << program.name << "\"\n" << program.source;
  bool done = run(compiler() + folders + std::vector<string>{"-E", "-fpch-preprocess", "-x", "c++", "-I", work.path,
                                                            "-include", home() + "/include/cuda_device.h", source,
                                                            "-o", preprocessed}, errors);
  if (done) {
    std::ofstream(rewritten, std::ios::binary) << rewrite(read_file(preprocessed), program.expressions);
    done = run(compiler() + std::vector<string>{"-fpreprocessed", "-x", "c++", "-c", rewritten, "-o", compiled}, errors) &&
           link_object(compiled, linked, errors);
  }
  program.log = read_file(errors);
  return done && rename(linked.c_str(), object.c_str()) == 0;
}
