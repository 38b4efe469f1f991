#include "app/device/cluster.h"

#include <toml++/toml.h>

#include <set>

#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

[[noreturn]] void fail(const std::string& file, const toml::node& node, const std::string& rule) {
  throw ConfigError(file + ":" + std::to_string(node.source().begin.line) + ": " + rule);
}

std::string text_at(const toml::table& device, const std::string& key, const std::string& file) {
  const auto text = device[key].value<std::string>();
  if (!text || text->empty()) fail(file, device, "a device needs '" + key + "', a text");
  return *text;
}

ClusterDevice device_of(const toml::node& node, const std::string& file) {
  const toml::table* table = node.as_table();
  if (table == nullptr) fail(file, node, "'devices' is a list of tables: [[devices]]");
  for (const auto& [key, value] : *table) {
    if (key == "name" || key == "address") continue;
    fail(file, value,
         "key '" + std::string(key.str()) + "' is unknown; a device has name and address");
  }
  ClusterDevice device{text_at(*table, "name", file), text_at(*table, "address", file)};
  const std::size_t colon = device.address.rfind(':');
  if (device.address.rfind("tcp://", 0) != 0 || colon < 6 || colon + 1 == device.address.size()) {
    fail(file, *table, "address '" + device.address + "' is not tcp://HOST:PORT");
  }
  return device;
}

}  // namespace

std::vector<ClusterDevice> read_cluster(const std::filesystem::path& path) {
  const std::string file = path.string();
  toml::table table;
  try {
    table = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    throw ConfigError(file + ":" + std::to_string(error.source().begin.line) + ": " +
                      std::string(error.description()));
  }
  for (const auto& [key, value] : table) {
    if (key != "devices")
      fail(file, value, "key '" + std::string(key.str()) + "' is unknown; only [[devices]] is");
  }
  const toml::array* list = table["devices"].as_array();
  if (list == nullptr) throw ConfigError(file + ": has no [[devices]]");
  std::vector<ClusterDevice> devices;
  std::set<std::string> names;
  for (const toml::node& node : *list) {
    devices.push_back(device_of(node, file));
    if (!names.insert(devices.back().name).second) {
      fail(file, node, "two devices are named '" + devices.back().name + "'");
    }
  }
  return devices;
}

}  // namespace acceptlab::app
