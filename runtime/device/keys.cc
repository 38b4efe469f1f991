#include "runtime/device/keys.h"

#include <zmq.h>

#include <array>

#include "runtime/base/check.h"

namespace acceptlab::device {

namespace {

constexpr std::size_t kKeyLength = 40;
constexpr std::size_t kKeyBytes = 32;
using KeyText = std::array<char, kKeyLength + 1>;

}  // namespace

KeyPair make_key_pair() {
  KeyText public_key{};
  KeyText secret_key{};
  ACCEPTLAB_CHECK(zmq_curve_keypair(public_key.data(), secret_key.data()) == 0);
  return {public_key.data(), secret_key.data()};
}

std::string public_key_of(const std::string& secret_key) {
  KeyText public_key{};
  ACCEPTLAB_CHECK(zmq_curve_public(public_key.data(), secret_key.c_str()) == 0);
  return public_key.data();
}

bool is_key(const std::string& text) {
  std::array<std::uint8_t, kKeyBytes> bytes{};
  return text.size() == kKeyLength && zmq_z85_decode(bytes.data(), text.c_str()) != nullptr;
}

}  // namespace acceptlab::device
