#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace acceptlab::app {

// Where the devices of a scenario are, in its order; [0] is the central node.
struct ClusterDevice {
  std::string name;     // as in the keyrings
  std::string address;  // that it listens at, "tcp://HOST:PORT"
};

// Reads [[devices]] with name and address. Throws ConfigError, naming file, line and rule.
std::vector<ClusterDevice> read_cluster(const std::filesystem::path& file);

}  // namespace acceptlab::app
