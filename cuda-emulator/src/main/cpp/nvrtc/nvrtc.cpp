// The fake libnvrtc. Its "PTX" and "cubin" are one line that names a shared object.
#include <cstring>

#include "../emulator.h"
#include "compiler.h"

using std::string;

enum { OK = 0, INVALID_INPUT = 3, INVALID_PROGRAM = 4, INVALID_OPTION = 5, COMPILATION = 6, NAME_NOT_VALID = 10 };

EMULATOR_API int nvrtcVersion(int *major, int *minor) {
  *major = CUDA_MAJOR;
  *minor = CUDA_MAJOR == 12 ? 6 : 0;
  return OK;
}

EMULATOR_API const char *nvrtcGetErrorString(int code) {
  switch (code) {
    case OK: return "NVRTC_SUCCESS";
    case 1: return "NVRTC_ERROR_OUT_OF_MEMORY";
    case 2: return "NVRTC_ERROR_PROGRAM_CREATION_FAILURE";
    case INVALID_INPUT: return "NVRTC_ERROR_INVALID_INPUT";
    case INVALID_PROGRAM: return "NVRTC_ERROR_INVALID_PROGRAM";
    case INVALID_OPTION: return "NVRTC_ERROR_INVALID_OPTION";
    case COMPILATION: return "NVRTC_ERROR_COMPILATION";
    case 7: return "NVRTC_ERROR_BUILTIN_OPERATION_FAILURE";
    case NAME_NOT_VALID: return "NVRTC_ERROR_NAME_EXPRESSION_NOT_VALID";
    default: return "NVRTC_ERROR_INTERNAL_ERROR";
  }
}

static const int architectures[] = {50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86, 87, 89, 90};

EMULATOR_API int nvrtcGetNumSupportedArchs(int *count) {
  *count = sizeof architectures / sizeof *architectures;
  return OK;
}

EMULATOR_API int nvrtcGetSupportedArchs(int *list) {
  memcpy(list, architectures, sizeof architectures);
  return OK;
}

EMULATOR_API int nvrtcCreateProgram(Program **program, const char *source, const char *name, int headers,
                                    const char *const *texts, const char *const *names) {
  EMULATOR_ENTER();
  if (!source) return INVALID_INPUT;
  *program = new Program{source, name ? name : "default_program", {}, {}, {}, {}};
  for (int i = 0; i < headers; i++) (*program)->headers.push_back({names[i], texts[i]});
  return OK;
}

EMULATOR_API int nvrtcDestroyProgram(Program **program) {
  if (!program || !*program) return INVALID_PROGRAM;
  delete *program;
  *program = nullptr;
  return OK;
}

EMULATOR_API int nvrtcAddNameExpression(Program *program, const char *expression) {
  program->expressions.push_back(expression);
  return OK;
}

// The driver finds such a kernel by its expression.
EMULATOR_API int nvrtcGetLoweredName(Program *program, const char *expression, const char **name) {
  for (const string &known : program->expressions)
    if (known == expression) {
      *name = known.c_str();
      return OK;
    }
  return NAME_NOT_VALID;
}

static bool begins(const string &text, const char *with) { return text.compare(0, strlen(with), with) == 0; }

// Options that change nothing here.
static bool is_known(const string &option) {
  static const char *const known[] = {
      "-arch=", "--gpu-architecture=", "-std=", "--std=", "-G", "--device-debug", "-lineinfo", "--generate-line-info",
      "-use_fast_math", "--use_fast_math", "-ftz=", "--ftz=", "-prec-div=", "--prec-div=", "-prec-sqrt=", "--prec-sqrt=",
      "-fmad=", "--fmad=", "-maxrregcount=", "--maxrregcount=", "-restrict", "--restrict", "-w", "--disable-warnings",
      "-default-device", "--device-as-default-execution-space", "-extra-device-vectorization",
      "--extra-device-vectorization", "--ptxas-options=", "-dopt=", "--dopt=", "-dlto", "--diag-suppress=",
      "-diag-suppress=", "--split-compile=", "-rdc=", "--relocatable-device-code=", "--builtin-move-forward=",
      "-minimal", "--minimal", "-no-cache", "--no-cache"};
  for (const char *k : known)
    if (option == k || (k[strlen(k) - 1] == '=' && begins(option, k))) return true;
  return false;
}

static string value_of(const string &option) { return option.substr(option.find('=') + 1); }

EMULATOR_API int nvrtcCompileProgram(Program *program, int count, const char *const *options) {
  EMULATOR_ENTER();
  if (!program) return INVALID_PROGRAM;
  std::vector<string> passed;
  for (int i = 0; i < count; i++) {
    string option = options[i];
    bool separate = (option == "-D" || option == "-I" || option == "-U") && i + 1 < count;
    if (separate) passed.push_back(option + options[++i]);
    else if (begins(option, "-D") || begins(option, "-I") || begins(option, "-U")) passed.push_back(option);
    else if (begins(option, "--define-macro=")) passed.push_back("-D" + value_of(option));
    else if (begins(option, "--undefine-macro=")) passed.push_back("-U" + value_of(option));
    else if (begins(option, "--include-path=")) passed.push_back("-I" + value_of(option));
    else if (!is_known(option)) {
      program->log = "nvrtc: error: invalid option: " + option + "\n";
      return INVALID_OPTION;
    }
  }
  return compile(*program, passed) ? OK : COMPILATION;
}

static string image(const Program *program) {
  return "//\n// Made by the CUDA emulator\n//\n//EMULATED-OBJECT " + program->object + "\n";
}

EMULATOR_API int nvrtcGetPTXSize(Program *program, size_t *size) {
  *size = image(program).size() + 1;
  return OK;
}

EMULATOR_API int nvrtcGetPTX(Program *program, char *ptx) {
  EMULATOR_ENTER();
  strcpy(ptx, image(program).c_str());
  return OK;
}

EMULATOR_API int nvrtcGetCUBINSize(Program *program, size_t *size) { return nvrtcGetPTXSize(program, size); }

EMULATOR_API int nvrtcGetCUBIN(Program *program, char *cubin) {
  EMULATOR_ENTER();
  strcpy(cubin, image(program).c_str());
  return OK;
}

EMULATOR_API int nvrtcGetProgramLogSize(Program *program, size_t *size) {
  *size = program->log.size() + 1;
  return OK;
}

EMULATOR_API int nvrtcGetProgramLog(Program *program, char *log) {
  strcpy(log, program->log.c_str());
  return OK;
}
