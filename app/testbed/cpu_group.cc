#include "app/testbed/cpu_group.h"

#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace acceptlab::testbed {

namespace fs = std::filesystem;

namespace {

constexpr useconds_t kPollMicroseconds = 2'000;
constexpr int kMostPolls = 2'500;
constexpr int kMostShares = 262'144;  // the kernel's most; others have 1,024

void write_number(const fs::path& file, long long number) {
  std::ofstream out(file);
  out << number << std::flush;
  if (!out) {
    throw std::runtime_error(file.string() + ": " + std::to_string(number) +
                             " cannot be written: " + std::strerror(errno));
  }
}

void kill_processes(const fs::path& folder) {
  std::ifstream processes(folder / "cgroup.procs");
  for (pid_t id = 0; processes >> id;) kill(id, SIGKILL);
}

std::vector<fs::path> groups_in(const fs::path& folder) {
  std::vector<fs::path> groups;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_directory(error)) groups.push_back(entry.path());
  }
  return groups;
}

}  // namespace

CpuGroup::CpuGroup(fs::path folder) : folder_(std::move(folder)) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) throw std::runtime_error(folder_.string() + ": " + error.message());
}

CpuGroup::CpuGroup(CpuGroup&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}

CpuGroup::~CpuGroup() {
  if (!folder_.empty()) remove_group(folder_);
}

void CpuGroup::limit(const CpuQuota& quota) const {
  write_number(folder_ / "cpu.cfs_period_us", quota.period_us);
  write_number(folder_ / "cpu.cfs_quota_us", quota.quota_us);
}

void CpuGroup::put_first() const { write_number(folder_ / "cpu.shares", kMostShares); }

void CpuGroup::enter() const { write_number(folder_ / "cgroup.procs", getpid()); }

bool remove_group(const fs::path& folder) {
  for (const fs::path& group : groups_in(folder)) {
    if (!remove_group(group)) return false;
  }
  // A killed process stays in its group until it is gone; the files in the folder are the kernel's.
  for (int poll = 0; poll < kMostPolls; ++poll) {
    kill_processes(folder);
    if (rmdir(folder.c_str()) == 0 || errno == ENOENT) return true;
    usleep(kPollMicroseconds);
  }
  return false;
}

}  // namespace acceptlab::testbed
