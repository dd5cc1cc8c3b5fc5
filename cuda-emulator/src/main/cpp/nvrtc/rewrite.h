#pragma once
#include <string>
#include <vector>

// Turns preprocessed CUDA C++ into C++ for g++, with a table of its kernels at the end: those with C linkage by their
// names, the others by the name expressions given.
std::string rewrite(const std::string &preprocessed, const std::vector<std::string> &expressions);
