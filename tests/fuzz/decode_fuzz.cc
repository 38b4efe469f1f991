#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "compression/checksum.h"
#include "compression/decoder.h"
#include "compression/simd_target.h"
#include "runtime/base/check.h"
#include "tests/compression/plain_codec.h"

// Any bytes as a message: inspect and decode must not crash, must give typed errors, and must give
// finite values where they accept, the same on every instruction set as the plain version.
namespace acceptlab::compression {
namespace {

// Small enough for many runs a second, large enough for several blocks and groups.
constexpr DecodeLimits kLimits{std::size_t{1} << 14};

using Bytes8 = Span<const std::uint8_t>;

void check_typed(const Error& error) {
  ACCEPTLAB_CHECK(error.kind == ErrorKind::kCorrupt || error.kind == ErrorKind::kUnsupported);
  ACCEPTLAB_CHECK(!error.message.empty());
}

std::optional<std::vector<float>> decoded(Bytes8 message, std::size_t count) {
  static Decoder decoder(kLimits);
  std::vector<float> values(count);
  const auto info = decoder.decode(message, Span<float>(values));
  if (info.ok()) return values;
  check_typed(info.error());
  return std::nullopt;
}

// Whether both are nothing or the same bits.
bool same(const std::optional<std::vector<float>>& a, const std::optional<std::vector<float>>& b) {
  if (!a || !b) return !a && !b;
  return a->size() == b->size() &&
         (a->empty() || std::memcmp(a->data(), b->data(), 4 * a->size()) == 0);
}

void check_message(Bytes8 message) {
  static const std::vector<std::string> targets = simd_targets();
  const auto info = inspect(message, kLimits);
  if (!info.ok()) {
    check_typed(info.error());
    ACCEPTLAB_CHECK(!decoded(message, 8));
    return;
  }
  const std::size_t count = info.value().values;
  ACCEPTLAB_CHECK(count <= kLimits.max_values);
  ACCEPTLAB_CHECK(!decoded(message, count + 1));
  const auto plain = plain_decode(message);
  for (const std::string& target : targets) {
    ACCEPTLAB_CHECK(use_simd_target(target));
    ACCEPTLAB_CHECK(same(decoded(message, count), plain));
  }
  if (!plain) return;
  for (const float value : *plain) ACCEPTLAB_CHECK(std::isfinite(value));
}

void put_integer(std::uint8_t* at, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) at[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

// Under a checksum that matches, which the fuzzer would hardly find. Requires: 4 bytes.
void reseal(std::vector<std::uint8_t>& message) {
  const std::size_t checked = message.size() - 4;
  put_integer(message.data() + checked, crc32c({message.data(), checked}), 4);
}

// With the size of the body that its bytes have, so that it may grow and shrink. False where there
// is no header.
bool mend_size(std::vector<std::uint8_t>& message) {
  if (message.size() < 36 || message[9] > kMaxRank) return false;
  const std::size_t around = 36 + 4 * std::size_t{message[9]};
  if (message.size() < around) return false;
  put_integer(message.data() + 24, message.size() - around, 8);
  return true;
}

void check_all(const std::uint8_t* data, std::size_t size) {
  check_message({data, size});
  if (size < 4) return;
  std::vector<std::uint8_t> message(data, data + size);
  reseal(message);
  check_message(Bytes8(message));
  if (!mend_size(message)) return;
  reseal(message);
  check_message(Bytes8(message));
}

}  // namespace
}  // namespace acceptlab::compression

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  acceptlab::compression::check_all(data, size);
  return 0;
}
