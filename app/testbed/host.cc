#include "app/testbed/host.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "app/testbed/affinity.h"
#include "app/testbed/capacity.h"

namespace acceptlab::testbed {

namespace fs = std::filesystem;

namespace {

bool on_path(const std::string& program) {
  const char* value = std::getenv("PATH");
  const std::string path = value == nullptr ? "/usr/sbin:/usr/bin:/sbin:/bin" : value;
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    if (access((path.substr(begin, end - begin) + "/" + program).c_str(), X_OK) == 0) return true;
    begin = end + 1;
  }
  return false;
}

// The hardware threads of the core that one processor belongs to, itself among them.
std::vector<int> threads_of_core(int processor) {
  std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(processor) +
                     "/topology/thread_siblings_list");
  std::string text;
  std::getline(file, text);
  return parse_processors(text).value_or(std::vector<int>{processor});
}

}  // namespace

HostFacts read_host_facts() {
  HostFacts facts;
  facts.root = geteuid() == 0;
  facts.ip = on_path("ip");
  facts.tc = on_path("tc");
  facts.namespaces = fs::exists("/proc/self/ns/net");
  facts.cpu_controller = fs::exists(fs::path(kCpuController) / "cpu.cfs_quota_us");
  return facts;
}

std::vector<std::string> missing(const HostFacts& facts) {
  std::vector<std::string> texts;
  if (!facts.root) texts.emplace_back("root: network namespaces and control groups are root's");
  if (!facts.ip) texts.emplace_back("the command 'ip' (Debian: package iproute2)");
  if (!facts.tc) texts.emplace_back("the command 'tc' (Debian: package iproute2)");
  if (!facts.namespaces) texts.emplace_back("a kernel with network namespaces (CONFIG_NET_NS)");
  if (!facts.cpu_controller) {
    texts.push_back(std::string("the cpu controller of control groups version 1 with quotas at ") +
                    kCpuController + " (systemd: boot with systemd.unified_cgroup_hierarchy=0)");
  }
  return texts;
}

std::vector<int> one_processor_per_core() {
  std::vector<int> chosen;
  std::set<int> taken;
  for (const int p : allowed_processors()) {
    if (taken.count(p) > 0) continue;
    chosen.push_back(p);
    for (const int thread : threads_of_core(p)) taken.insert(thread);
  }
  return chosen;
}

}  // namespace acceptlab::testbed
