#include "app/testbed/affinity.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

#include "app/testbed/capacity.h"

namespace acceptlab::testbed {

namespace {

int apply(const std::vector<int>& processors) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int p : processors) {
    if (p < CPU_SETSIZE) CPU_SET(p, &set);
  }
  return sched_setaffinity(0, sizeof set, &set);
}

}  // namespace

std::vector<int> allowed_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> processors;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return {0};
  for (int p = 0; p < CPU_SETSIZE; ++p) {
    if (CPU_ISSET(p, &set)) processors.push_back(p);
  }
  return processors;
}

void use_processors(const std::vector<int>& processors) {
  if (apply(processors) == 0) return;
  throw std::runtime_error("processors " + processors_text(processors) + ": " +
                           std::strerror(errno));
}

KeepOff::KeepOff(const std::vector<int>& processors) : before_(allowed_processors()) {
  std::vector<int> others;
  for (const int p : before_) {
    if (std::find(processors.begin(), processors.end(), p) == processors.end()) {
      others.push_back(p);
    }
  }
  if (!others.empty()) apply(others);
}

KeepOff::~KeepOff() { apply(before_); }

}  // namespace acceptlab::testbed
