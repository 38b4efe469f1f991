#pragma once

#include <array>
#include <cstdint>

#include "runtime/base/result.h"
#include "runtime/base/span.h"
#include "runtime/base/units.h"

namespace acceptlab::device {

enum class MessageKind : std::uint8_t {
  kFrame = 1,  // of the training: for the machines
  kControl,    // of the session around it: for the application
};

// What every message between two devices begins with.
struct Envelope {
  MessageKind kind = MessageKind::kFrame;
  std::uint64_t session = 0;   // drawn by the central node for each training; 0: outside of one
  std::uint64_t sequence = 0;  // counts one direction's messages of a session from 0
  TimePoint sent{};            // by the central node's clock, once both clocks are compared
};

// On the wire: "ACLM", version, kind, two zero bytes, session, sequence, sent (ns), little-endian.
inline constexpr int kEnvelopeSize = 32;
using EnvelopeBytes = std::array<std::uint8_t, kEnvelopeSize>;

EnvelopeBytes encode_envelope(const Envelope& envelope);

// Reads the first kEnvelopeSize of `bytes`. Returns kCorrupt or kUnsupported where
// encode_envelope cannot have written them.
Result<Envelope> decode_envelope(Span<const std::uint8_t> bytes);

}  // namespace acceptlab::device
