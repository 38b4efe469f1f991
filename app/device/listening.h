#pragma once

#include <chrono>
#include <string>

#include "app/device/keyring.h"
#include "runtime/base/units.h"
#include "runtime/device/socket_links.h"

namespace acceptlab::app {

// How long to wait for messages at most, until the next look at what else may have come.
inline constexpr Duration kGlance = std::chrono::milliseconds(200);

// The keyring in a directory; or, where `plain_name` is given instead, one without keys for a
// device of that name, which may then listen on the loopback interface only. Throws ConfigError.
Keyring open_keyring(const std::string& directory, const std::string& plain_name,
                     const std::string& address);
bool is_plain(const Keyring& keyring);

device::LinkOptions link_options(const Keyring& keyring, const std::string& listen);

// Lets this process have as many connections as the system lets it: strangers that connect and say
// nothing take one each, until their time for the handshake is over.
void allow_many_connections();

}  // namespace acceptlab::app
