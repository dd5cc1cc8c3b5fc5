// CUDA's words that macros cannot express: the kernels must be listed, and what __device__ and __shared__ mean depends
// on what stands beside them.
#include "rewrite.h"

#include <cctype>
#include <set>
#include <sstream>

namespace {

struct Token {
  size_t begin, end;
};

class Rewriter {
 public:
  explicit Rewriter(const std::string &text) : text(text) { split(); }

  std::string body() {
    for (size_t i = 0; i < tokens.size(); i++) {
      if (is(i, "{")) braces.push_back(i >= 2 && is(i - 1, "\"C\"") && is(i - 2, "extern"));
      else if (is(i, "}") && !braces.empty()) braces.pop_back();
      else if (is(i, "__global__")) kernel(i);
      else if (is(i, "__device__") || is(i, "__constant__")) device(i);
      else if (is(i, "__shared__")) i = shared(i);
    }
    out << text.substr(copied);
    return out.str();
  }

  std::set<std::string> kernels;

 private:
  const std::string &text;
  std::vector<Token> tokens;
  std::vector<bool> braces;  // true where the brace opens an extern "C" block
  std::ostringstream out;
  size_t copied = 0;

  void split() {
    for (size_t at = 0; at < text.size();) {
      unsigned char c = (unsigned char)text[at];
      size_t end = at + 1;
      if (isspace(c)) {
        at++;
        continue;
      }
      if (c == '#' && (at == 0 || text[at - 1] == '\n')) {  // line markers and pragmas
        at = std::min(text.find('\n', at), text.size());
        continue;
      }
      if (isalpha(c) || c == '_') {
        while (end < text.size() && (isalnum((unsigned char)text[end]) || text[end] == '_')) end++;
      } else if (c == '"' || c == '\'') {
        bool separator = c == '\'' && at > 0 && isxdigit((unsigned char)text[at - 1]);
        while (!separator && end < text.size() && text[end] != (char)c) end += text[end] == '\\' ? 2 : 1;
        if (!separator) end++;
      }
      tokens.push_back({at, std::min(end, text.size())});
      at = end;
    }
  }

  std::string token(size_t i) const { return text.substr(tokens[i].begin, tokens[i].end - tokens[i].begin); }

  bool is(size_t i, const char *word) const {
    return i < tokens.size() && text.compare(tokens[i].begin, tokens[i].end - tokens[i].begin, word) == 0;
  }

  // Leaves out the text up to the end, having written the replacement.
  void replace(size_t begin, size_t end, const std::string &with) {
    out << text.substr(copied, begin - copied) << with;
    copied = end;
  }

  bool c_linkage(size_t i) const {
    for (bool open : braces)
      if (open) return true;
    while (i > 0 && (is(i - 1, "static") || is(i - 1, "inline") || is(i - 1, "__inline__"))) i--;
    return i >= 2 && is(i - 1, "\"C\"") && is(i - 2, "extern");
  }

  void kernel(size_t i) {
    replace(tokens[i].begin, tokens[i].end, "");
    if (!c_linkage(i)) return;
    size_t name = i + 1;
    while (name + 1 < tokens.size() && !is(name + 1, "(")) name++;
    kernels.insert(token(name));
  }

  // The token after an attribute that begins at i.
  size_t after_attribute(size_t i) const {
    int depth = 0;
    do {
      i++;
      depth += is(i, "(") - is(i, ")");
    } while (depth > 0 && i + 1 < tokens.size());
    return i + 1;
  }

  // Functions need no word. Variables go where zeros are kept: the driver fills .bss with garbage.
  void device(size_t i) {
    size_t at = i + 1;
    while (at < tokens.size() && !is(at, "(") && !is(at, ";") && !is(at, "=") && !is(at, "[") && !is(at, "{"))
      at = is(at, "__attribute__") ? after_attribute(at) : at + 1;
    bool function = is(at, "(");
    bool placed = i > 0 && (is(i - 1, "static") || is(i - 1, "__constant__") || is(i - 1, "__device__"));
    replace(tokens[i].begin, tokens[i].end,
            function ? "" : placed ? "__attribute__((section(\".data\")))" : "static __attribute__((section(\".data\")))");
  }

  // __shared__ T x[n] is a static, shared by all threads of the one block that runs; extern __shared__ T x[] is the
  // dynamic memory. Returns the last token dealt with.
  size_t shared(size_t i) {
    bool external = i > 0 && is(i - 1, "extern");
    if (!external) {
      bool already = i > 0 && is(i - 1, "static");
      replace(tokens[i].begin, tokens[i].end, already ? "" : "static");
      return i;
    }
    std::string type;
    size_t at = i + 1;
    while (at + 1 < tokens.size() && !is(at + 1, "[")) {
      if (is(at, "__attribute__")) at = after_attribute(at);
      else type += token(at++) + " ";
    }
    std::string name = token(at);
    while (at < tokens.size() && !is(at, ";")) at++;
    replace(tokens[i - 1].begin, tokens[at].end,
            "static " + type + "(&" + name + ")[] = *(" + type + "(*)[])emulator_shared;");
    return at;
  }
};

}  // namespace

std::string rewrite(const std::string &preprocessed, const std::vector<std::string> &expressions) {
  Rewriter rewriter(preprocessed);
  std::ostringstream out;
  out << rewriter.body() << "\nstatic const EmulatorKernel emulator_kernels[] = {\n";
  int count = 0;
  auto add = [&](const std::string &name, const std::string &function) {
    std::string entry = "EmulatorEntry<&" + function + ">";
    out << "{R\"~(" << name << ")~\", &" << entry << "::run, " << entry << "::parameters, " << entry << "::sizes, "
        << entry << "::alignments, " << entry << "::pointers},\n";
    count++;
  };
  for (const std::string &name : rewriter.kernels) add(name, name);
  for (const std::string &name : expressions)
    if (!rewriter.kernels.count(name)) add(name, name[0] == '&' ? name.substr(1) : name);
  out << "{}};\n"
         "extern \"C\" __attribute__((visibility(\"hidden\"))) char __bss_start[], _end[];\n"
         "static EmulatorModule emulator_contents = {EMULATOR_ABI, &emulator_thread, emulator_shared, "
         "emulator_shared_size, __bss_start, _end, emulator_kernels, " << count << "};\n"
         "extern \"C\" __attribute__((visibility(\"default\"))) EmulatorModule *emulator_module() { return &emulator_contents; }\n";
  return out.str();
}
