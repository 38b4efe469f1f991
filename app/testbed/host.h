#pragma once

#include <string>
#include <vector>

namespace acceptlab::testbed {

// Where this host's network namespaces have names, where its cpu controller is (control groups of
// version 1), and where files are that do not outlive the host's uptime.
inline constexpr const char* kNamespaces = "/run/netns";
inline constexpr const char* kCpuController = "/sys/fs/cgroup/cpu";
inline constexpr const char* kRuntimeFiles = "/run";

struct HostFacts {
  bool root = false;
  bool ip = false;
  bool tc = false;
  bool namespaces = false;      // the kernel has network namespaces
  bool cpu_controller = false;  // with quotas
};
HostFacts read_host_facts();

// What a testbed needs and this host has not, a sentence each with what helps.
std::vector<std::string> missing(const HostFacts& facts);

// One hardware thread of every core that this process may run on: two threads of a core slow each
// other down. A virtual machine may hide which of its processors share a core.
std::vector<int> one_processor_per_core();

}  // namespace acceptlab::testbed
