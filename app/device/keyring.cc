#include "app/device/keyring.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>

#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

std::filesystem::path file_in(const std::filesystem::path& directory) {
  return directory / "keyring.toml";
}

// Names stand in files and on command lines.
void check_name(const std::string& name) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  };
  if (!name.empty() && std::all_of(name.begin(), name.end(), plain)) return;
  throw ConfigError("'" + name +
                    "' is no name of a device: letters, digits, '-', '_' and '.' only");
}

std::string key_at(const toml::table& table, const std::string& key, const std::string& file) {
  const auto text = table[key].value<std::string>();
  if (!text) throw ConfigError(file + ": key '" + key + "' is missing or no text");
  if (!device::is_key(*text)) {
    throw ConfigError(file + ": '" + key + "' is no key: 40 characters of Z85 are expected");
  }
  return *text;
}

std::map<std::string, std::string> known_in(const toml::table& table, const std::string& file) {
  std::map<std::string, std::string> known;
  const toml::table* devices = table["known"].as_table();
  if (devices == nullptr) throw ConfigError(file + ": table 'known' is missing");
  for (const auto& [name, value] : *devices) {
    known[std::string(name.str())] = key_at(*devices, std::string(name.str()), file);
  }
  return known;
}

std::string quoted(const std::string& text) {
  std::ostringstream out;
  out << toml::value<std::string>(text);
  return out.str();
}

std::string text_of(const Keyring& keyring) {
  std::string text = fmt::format(
      "# The secret key below is what this device proves itself with: keep this file to yourself.\n"
      "name = {}\npublic_key = {}\nsecret_key = {}\n\n"
      "# Public keys of the devices that this one talks to.\n[known]\n",
      quoted(keyring.name), quoted(keyring.keys.public_key), quoted(keyring.keys.secret_key));
  for (const auto& [name, key] : keyring.known) {
    text += fmt::format("{} = {}\n", quoted(name), quoted(key));
  }
  return text;
}

}  // namespace

std::string public_key_of(const std::string& name, const Keyring& keyring) {
  if (name == keyring.name) return keyring.keys.public_key;
  const auto known = keyring.known.find(name);
  return known == keyring.known.end() ? "" : known->second;
}

Keyring read_keyring(const std::filesystem::path& directory) {
  const std::string file = file_in(directory).string();
  toml::table table;
  try {
    table = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    throw ConfigError(file + ": " + std::string(error.description()) +
                      "; 'acceptlab keys new' makes a keyring");
  }
  Keyring keyring;
  keyring.name = table["name"].value_or(std::string());
  check_name(keyring.name);
  keyring.keys = {key_at(table, "public_key", file), key_at(table, "secret_key", file)};
  if (device::public_key_of(keyring.keys.secret_key) != keyring.keys.public_key) {
    throw ConfigError(file + ": public_key and secret_key do not belong together");
  }
  keyring.known = known_in(table, file);
  return keyring;
}

void write_keyring(const Keyring& keyring, const std::filesystem::path& directory, bool replace) {
  check_name(keyring.name);
  const std::filesystem::path file = file_in(directory);
  if (!replace && std::filesystem::exists(file)) {
    throw ConfigError(file.string() + " exists; it is not replaced, for its key would be lost");
  }
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  const std::string text = text_of(keyring);
  const std::string next = file.string() + ".tmp";
  // Never readable by others, not even for a moment.
  const int fd = open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  const bool written =
      fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (fd >= 0) close(fd);
  if (written) std::filesystem::rename(next, file, error);
  if (!written || error) throw ConfigError(file.string() + ": cannot be written");
}

std::vector<Keyring> make_keyrings(const std::vector<std::string>& names) {
  std::vector<Keyring> keyrings;
  std::set<std::string> seen;
  for (const std::string& name : names) {
    check_name(name);
    if (!seen.insert(name).second) throw ConfigError("two devices are named '" + name + "'");
    keyrings.push_back({name, device::make_key_pair(), {}});
  }
  for (Keyring& keyring : keyrings) {
    for (const Keyring& other : keyrings) {
      if (other.name != keyring.name) keyring.known[other.name] = other.keys.public_key;
    }
  }
  return keyrings;
}

}  // namespace acceptlab::app
