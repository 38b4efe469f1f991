#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/testbed/capacity.h"

namespace acceptlab::testbed {

// A control group that limits the processor time of the processes in it, children included.
class CpuGroup {
 public:
  // Makes the folder. Throws std::runtime_error.
  explicit CpuGroup(std::filesystem::path folder);
  ~CpuGroup();  // with what runs in it
  CpuGroup(CpuGroup&& other) noexcept;
  CpuGroup(const CpuGroup&) = delete;
  CpuGroup& operator=(const CpuGroup&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  void limit(const CpuQuota& quota) const;
  // Lets it run before other groups and processes of the host.
  void put_first() const;
  // Moves the calling process into it.
  void enter() const;

 private:
  std::filesystem::path folder_;  // empty: moved from
};

// Kills the processes of a group and of the groups in it, and removes all of them. Returns false
// where something is left.
bool remove_group(const std::filesystem::path& folder);

}  // namespace acceptlab::testbed
