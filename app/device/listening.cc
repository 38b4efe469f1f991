#include "app/device/listening.h"

#include <sys/resource.h>

#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

bool is_loopback(const std::string& address) {
  return address.rfind("tcp://127.", 0) == 0 || address.rfind("tcp://localhost:", 0) == 0 ||
         address.rfind("tcp://[::1]:", 0) == 0;
}

}  // namespace

Keyring open_keyring(const std::string& directory, const std::string& plain_name,
                     const std::string& address) {
  if (directory.empty() == plain_name.empty()) {
    throw ConfigError(
        "give --keys DIR, made by 'acceptlab keys new', or, for tests on one machine, "
        "--insecure-loopback NAME");
  }
  if (!directory.empty()) return read_keyring(directory);
  if (!is_loopback(address)) {
    throw ConfigError("without keys a device listens on the loopback interface only, not at " +
                      address);
  }
  return {plain_name, {}, {}};
}

bool is_plain(const Keyring& keyring) { return keyring.keys.secret_key.empty(); }

device::LinkOptions link_options(const Keyring& keyring, const std::string& listen) {
  device::LinkOptions options;
  options.name = keyring.name;
  options.listen = listen;
  if (!is_plain(keyring)) options.keys = keyring.keys;
  return options;
}

void allow_many_connections() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace acceptlab::app
