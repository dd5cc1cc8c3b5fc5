#pragma once
#include <string>
#include <utility>
#include <vector>

struct Program {
  std::string source, name;
  std::vector<std::pair<std::string, std::string>> headers;  // name, text
  std::vector<std::string> expressions;
  std::string log, object;
};

// Options are -D..., -U... and -I...
// Compiles with g++ into a cache shared by all processes; sets object on success and log always.
bool compile(Program &program, const std::vector<std::string> &options);
