#include <cstdio>
#include <filesystem>

#include "app/commands.h"
#include "app/device/keyring.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

int keys_new_command(const KeysNewArguments& arguments) {
  const std::filesystem::path directory = arguments.directory;
  if (arguments.names.empty()) {
    const Keyring keyring = make_keyrings({arguments.name}).front();
    write_keyring(keyring, directory, false);
    std::printf("%s: public key %s\n", keyring.name.c_str(), keyring.keys.public_key.c_str());
    return 0;
  }
  for (const Keyring& keyring : make_keyrings(arguments.names)) {
    write_keyring(keyring, directory / keyring.name, false);
    std::printf("%s: %s\n", keyring.name.c_str(), (directory / keyring.name).string().c_str());
  }
  return 0;
}

int keys_trust_command(const std::string& directory, const std::string& name,
                       const std::string& public_key) {
  Keyring keyring = read_keyring(directory);
  if (name == keyring.name) throw ConfigError("'" + name + "' is the name of this device itself");
  if (!device::is_key(public_key)) {
    throw ConfigError("'" + public_key + "' is no key: 40 characters of Z85 are expected");
  }
  keyring.known[name] = public_key;
  write_keyring(keyring, directory, true);
  return 0;
}

int keys_show_command(const std::string& directory) {
  const Keyring keyring = read_keyring(directory);
  std::printf("this device: %s, public key %s\n", keyring.name.c_str(),
              keyring.keys.public_key.c_str());
  for (const auto& [name, key] : keyring.known)
    std::printf("knows: %s %s\n", name.c_str(), key.c_str());
  return 0;
}

}  // namespace acceptlab::app
