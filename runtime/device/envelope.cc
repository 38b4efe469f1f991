#include "runtime/device/envelope.h"

#include <string>
#include <utility>

namespace acceptlab::device {

namespace {

constexpr std::uint64_t kMagic = 0x4d4c4341;  // "ACLM"
constexpr std::uint64_t kVersion = 1;

void put(EnvelopeBytes& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i)
    bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

std::uint64_t get(Span<const std::uint8_t> bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value |= std::uint64_t{bytes[at + i]} << (8 * i);
  return value;
}

Error corrupt(std::string what) { return {ErrorKind::kCorrupt, std::move(what)}; }

}  // namespace

EnvelopeBytes encode_envelope(const Envelope& envelope) {
  EnvelopeBytes bytes{};
  put(bytes, 0, kMagic, 4);
  put(bytes, 4, kVersion, 1);
  put(bytes, 5, static_cast<std::uint64_t>(envelope.kind), 1);
  put(bytes, 8, envelope.session, 8);
  put(bytes, 16, envelope.sequence, 8);
  put(bytes, 24, static_cast<std::uint64_t>(envelope.sent.time_since_epoch().count()), 8);
  return bytes;
}

Result<Envelope> decode_envelope(Span<const std::uint8_t> bytes) {
  if (bytes.size() < kEnvelopeSize) {
    return corrupt("a message of " + std::to_string(bytes.size()) +
                   " bytes is shorter than its envelope");
  }
  if (get(bytes, 0, 4) != kMagic) return corrupt("not a message of acceptlab");
  if (get(bytes, 4, 1) != kVersion) {
    return Error{ErrorKind::kUnsupported, "message version " + std::to_string(get(bytes, 4, 1)) +
                                              ", this program speaks " + std::to_string(kVersion)};
  }
  const std::uint64_t kind = get(bytes, 5, 1);
  if (kind != static_cast<std::uint64_t>(MessageKind::kFrame) &&
      kind != static_cast<std::uint64_t>(MessageKind::kControl)) {
    return corrupt("message kind " + std::to_string(kind) + " does not exist");
  }
  if (get(bytes, 6, 2) != 0) return corrupt("reserved bytes of a message are not zero");
  Envelope envelope;
  envelope.kind = static_cast<MessageKind>(kind);
  envelope.session = get(bytes, 8, 8);
  envelope.sequence = get(bytes, 16, 8);
  envelope.sent = TimePoint(Duration(static_cast<std::int64_t>(get(bytes, 24, 8))));
  return envelope;
}

}  // namespace acceptlab::device
