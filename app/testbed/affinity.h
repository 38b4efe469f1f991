#pragma once

#include <vector>

namespace acceptlab::testbed {

// The processors that the calling thread may run on.
std::vector<int> allowed_processors();
// Restricts it, and what it starts later. Throws std::runtime_error where one does not exist.
void use_processors(const std::vector<int>& processors);

// Keeps the calling thread off some processors for the object's lifetime, where others are left.
class KeepOff {
 public:
  explicit KeepOff(const std::vector<int>& processors);
  ~KeepOff();
  KeepOff(const KeepOff&) = delete;
  KeepOff& operator=(const KeepOff&) = delete;

 private:
  std::vector<int> before_;
};

}  // namespace acceptlab::testbed
