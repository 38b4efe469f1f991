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
#include "runtime/snapshot.h"

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
  kReplicate,       // central -> every stage: drained; write your units out and send copies
  kCopy,            // stage -> another device: keep the state of this unit
  kCopied,          // every device -> central: these units of the snapshot are kept here
  kDrop,            // central -> every device: the snapshot is not needed any more
  kProbe,           // central -> every device: are you there, and what do you hold?
  kAlive,           // every device -> central: it is; the parts of snapshots that it holds
  kFailed,          // every device -> central: a frame arrived damaged
  kRestore,         // central -> every device: the plan after a loss; fetch what you lack
  kFetchCopy,       // new owner -> holder: send these units of the snapshot, as kUnits
  kRecode,          // central -> every stage: the same plan with other codecs is in force
};

// How fast what a stage got lately came to it, as LinkMeter says; 0: nothing came, or not known.
struct ReceiveRates {
  BitsPerSecond from_previous{0};  // activations
  BitsPerSecond from_next{0};      // gradients
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
  ReceiveRates received;       // kStageTimes; in the header rounded down to kbit/s
  UnitRange units;             // kFetch, kUnits, kCopy, kCopied, kFetchCopy
  Bytes fetched;               // kPrepared: payloads of the units received; kCopied: of this copy
  std::int64_t version = 0;    // kCommit: updates that all weights have behind them
  // kReplicate, kCopy, kCopied (whose term is the frame's), kDrop, kRestore, kFetchCopy.
  SnapshotId snapshot;
  bool central_copy = false;   // kReplicate: the central node is to keep a copy as well
  bool empty = false;          // kAlive: has no plan, as after a restart
  std::uint32_t checksum = 0;  // of the payload: payload_checksum()
  Payload payload;
};

// A hash of all bytes: another payload has another one, but for odds of 1 in 2^32. 0 without bytes.
std::uint32_t payload_checksum(const Payload& payload);
// A damaged frame: its payload is not the one that its checksum was made of.
inline bool is_damaged(const Frame& frame) {
  return frame.checksum != payload_checksum(frame.payload);
}

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
