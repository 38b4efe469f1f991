#pragma once

#include <string>

namespace acceptlab::device {

// A CURVE key pair, printable: 40 characters of Z85 each (rfc.zeromq.org/spec/32).
struct KeyPair {
  std::string public_key;
  std::string secret_key;
};

// A new pair, from the system's random numbers.
KeyPair make_key_pair();
// The public key that belongs to a secret one. Requires: is_key(secret_key).
std::string public_key_of(const std::string& secret_key);
bool is_key(const std::string& text);

}  // namespace acceptlab::device
