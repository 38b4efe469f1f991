#include "app/cpu_quota.h"

#include <fstream>
#include <string>

namespace acceptlab::app {

namespace {

// The folder of the group under `root`, and those above it: a limit on any of them holds.
template <typename Limit>
std::optional<double> tightest(const std::string& root, std::string group, Limit limit_of) {
  std::optional<double> tightest;
  while (true) {
    const std::optional<double> limit = limit_of(root + group);
    if (limit && (!tightest || *limit < *tightest)) tightest = limit;
    const std::size_t slash = group.rfind('/');
    if (group.empty() || slash == std::string::npos) return tightest;
    group.resize(slash);
  }
}

std::optional<double> limit_v1(const std::string& folder) {
  double quota_us = -1.0;
  double period_us = 0.0;
  std::ifstream(folder + "/cpu.cfs_quota_us") >> quota_us;
  std::ifstream(folder + "/cpu.cfs_period_us") >> period_us;
  if (quota_us <= 0.0 || period_us <= 0.0) return std::nullopt;
  return quota_us / period_us;
}

std::optional<double> limit_v2(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  double quota_us = 0.0;
  double period_us = 0.0;
  if (!(file >> quota_us >> period_us) || period_us <= 0.0) return std::nullopt;  // "max": no limit
  return quota_us / period_us;
}

}  // namespace

std::optional<double> cpu_quota() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    // hierarchy:controllers:group
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string group = line.substr(second + 1);
    std::optional<double> limit;
    if (controllers == ",,") {
      limit = tightest("/sys/fs/cgroup", group, limit_v2);
    } else if (controllers.find(",cpu,") != std::string::npos) {
      limit = tightest("/sys/fs/cgroup/cpu", group, limit_v1);
    }
    if (limit) return limit;
  }
  return std::nullopt;
}

}  // namespace acceptlab::app
