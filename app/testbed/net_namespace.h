#pragma once

#include <string>

namespace acceptlab::testbed {

// Moves the calling thread into a network namespace for the object's lifetime.
class InNamespace {
 public:
  // Throws std::runtime_error where there is no such namespace.
  explicit InNamespace(const std::string& name);
  ~InNamespace();
  InNamespace(const InNamespace&) = delete;
  InNamespace& operator=(const InNamespace&) = delete;

 private:
  int before_;
};

// Moves the calling thread for good.
void enter_namespace(const std::string& name);

// TCP as the emulation has it, of the calling thread's namespace only: no restart after a pause,
// nothing remembered of connections before, Cubic. Where the kernel keeps Cubic to its first
// namespace: Reno, which differs after a loss only. Returns the one it is.
std::string set_up_tcp();

}  // namespace acceptlab::testbed
