#include "app/testbed/net_namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "app/testbed/host.h"
#include "runtime/base/check.h"

namespace acceptlab::testbed {

namespace {

// Of what a name stands for.
int open_namespace(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw std::runtime_error(path + ": " + std::strerror(errno));
  return file;
}

std::string setting_file(const std::string& name) { return "/proc/sys/net/ipv4/" + name; }

bool try_setting(const std::string& name, const std::string& value) {
  std::ofstream out(setting_file(name));
  out << value << std::flush;
  return out.good();
}

void write_setting(const std::string& name, const std::string& value) {
  if (try_setting(name, value)) return;
  throw std::runtime_error(setting_file(name) + ": '" + value +
                           "' cannot be set: " + std::strerror(errno));
}

}  // namespace

InNamespace::InNamespace(const std::string& name) : before_(open_namespace("/proc/self/ns/net")) {
  try {
    enter_namespace(name);
  } catch (...) {
    close(before_);
    throw;
  }
}

InNamespace::~InNamespace() {
  // The namespace it came from exists as long as the descriptor does.
  ACCEPTLAB_CHECK(setns(before_, CLONE_NEWNET) == 0);
  close(before_);
}

void enter_namespace(const std::string& name) {
  const std::string path = std::string(kNamespaces) + "/" + name;
  const int file = open_namespace(path);
  const int failed = setns(file, CLONE_NEWNET);
  const int reason = errno;
  close(file);
  if (failed != 0) throw std::runtime_error(path + ": " + std::strerror(reason));
}

std::string set_up_tcp() {
  write_setting("tcp_slow_start_after_idle", "0");
  write_setting("tcp_no_metrics_save", "1");
  const std::string control = "tcp_congestion_control";
  if (try_setting(control, "cubic")) return "cubic";
  write_setting(control, "reno");
  return "reno";
}

}  // namespace acceptlab::testbed
