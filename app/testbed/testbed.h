#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/testbed/command_stream.h"
#include "app/testbed/cpu_group.h"
#include "app/testbed/layout.h"
#include "runtime/base/units.h"

namespace acceptlab::testbed {

// Devices on one host: each a network namespace and a share of the processors, with a shaped link
// between any two. Everything it made is gone when it is destroyed, processes inside included.
class Testbed {
 public:
  // `processors`: those that the devices may run on. `folder` takes what its programs write. Links
  // are unlimited and devices at full speed until told. Throws std::runtime_error that says which
  // command failed and why. Requires: root, and all that missing() asks for.
  Testbed(int devices, int segment_bytes, std::vector<int> processors,
          std::filesystem::path folder);
  Testbed(const Testbed&) = delete;
  Testbed& operator=(const Testbed&) = delete;

  const Layout& layout() const { return layout_; }
  // TCP's congestion control on all devices: "cubic" or "reno".
  const std::string& congestion_control() const { return congestion_control_; }
  // The rate of the direction from -> to from now on. `queue_packets` as add_shaper() has it; the
  // first call for a direction decides.
  void shape(int from, int to, BitsPerSecond rate, int queue_packets = 0);
  void slow_down(int device, double slowdown);
  // What a new process does first to be on a device (app::Program::prepare). The testbed outlives
  // the function.
  std::function<void()> entrance(int device) const;

 private:
  struct Network {  // removes itself, even where making it failed half-way
    explicit Network(const Layout& made) : layout(made) {}
    ~Network();
    const Layout& layout;
  };

  CommandStream& shaper_commands(int device);

  const Layout layout_;
  const int segment_bytes_;
  const std::vector<int> processors_;
  const std::filesystem::path folder_;
  Network network_;
  std::string congestion_control_;
  std::map<std::pair<int, int>, BitsPerSecond> rates_;  // of each shaped direction
  std::vector<std::unique_ptr<CommandStream>> tc_;      // by device; null until needed
  CpuGroup group_;                                      // holds the devices' groups
  std::vector<CpuGroup> groups_;                        // by device; destroyed first
};

}  // namespace acceptlab::testbed
