#pragma once

#include <array>
#include <cstdint>

#include "runtime/base/ids.h"
#include "runtime/base/result.h"
#include "runtime/base/span.h"
#include "runtime/base/units.h"
#include "runtime/batch_key.h"
#include "runtime/operation.h"
#include "runtime/payload.h"
#include "runtime/ports/forecaster.h"

namespace acceptlab {

enum class FrameKind : std::uint8_t {
  kStartPhase = 1,  // central -> every worker: an epoch of training or evaluation begins
  kInput,           // central -> first stage: raw samples
  kLabels,          // central -> last stage
  kActivation,      // stage k -> k+1
  kGradient,        // stage k -> k-1
  kScore,           // last stage -> central: loss and hits of a micro-batch
  kBatchDone,       // first stage -> central: the update of this mini-batch is applied
  kPhaseDone,       // every worker -> central: drained, nothing in flight
  kStageTimes,      // every worker -> central: what its stage took for a mini-batch
  kEndPhase,        // central -> every worker: no mini-batch from key.batch on in this phase
  kPrepare,         // central -> every device: the next plan; fetch what you gain
  kFetch,           // new owner -> old owner: send these units
  kUnits,           // old owner -> new owner: their state
  kPrepared,        // every device -> central: everything fetched
  kCommit,          // central -> every device: the next plan is in force
};

// What travels between devices: a fixed header and a payload. A frame is addressed by its kind: to
// the central node (addressed_to_central) or to a device's worker.
struct Frame {
  FrameKind kind = FrameKind::kStartPhase;
  // Of the plan that it belongs to, counted up by every repartition. Receivers drop older ones.
  std::uint32_t term = 0;
  BatchKey key;
  std::int32_t samples = 0;
  double learning_rate = 0.0;  // kStartPhase
  Score score;                 // kScore
  StageTime stage_time;        // kStageTimes
  UnitRange units;             // kFetch, kUnits
  Bytes fetched;               // kPrepared: payloads of the units received
  std::int64_t version = 0;    // kCommit: updates that all weights have behind them
  Payload payload;
};

// The header on the wire, little-endian, in front of the payload.
inline constexpr int kFrameHeaderSize = 64;
using FrameHeader = std::array<std::uint8_t, kFrameHeaderSize>;

FrameHeader encode_header(const Frame& frame);

struct DecodedHeader {
  Frame frame;  // payload empty
  Bytes payload_size;
};
// Returns kCorrupt or kUnsupported on bytes that encode_header cannot have written.
Result<DecodedHeader> decode_header(Span<const std::uint8_t> bytes);

// What the frame occupies on a link: header and payload.
inline Bytes wire_size(const Frame& frame) {
  return Bytes(kFrameHeaderSize) + frame.payload.size();
}

bool addressed_to_central(FrameKind kind);
const char* to_string(FrameKind kind);

}  // namespace acceptlab
