#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "runtime/device/keys.h"

namespace acceptlab::app {

// What a device needs to prove who it is and to know the others: DIR/keyring.toml, which only its
// owner may read.
struct Keyring {
  std::string name;  // of this device
  device::KeyPair keys;
  std::map<std::string, std::string> known;  // public keys of the others, by name
};

// Of the device of this name, which may be the owner; empty: not known.
std::string public_key_of(const std::string& name, const Keyring& keyring);

// Throws ConfigError, naming file and key, where there is none or it is damaged.
Keyring read_keyring(const std::filesystem::path& directory);
// Throws ConfigError where the directory has one already and may not be replaced.
void write_keyring(const Keyring& keyring, const std::filesystem::path& directory, bool replace);

// A keyring for each name, all of them knowing each other. Throws ConfigError where names repeat.
std::vector<Keyring> make_keyrings(const std::vector<std::string>& names);

}  // namespace acceptlab::app
