#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/base/units.h"
#include "runtime/batch_key.h"
#include "runtime/frame.h"
#include "runtime/operation.h"
#include "runtime/plan.h"
#include "runtime/snapshot.h"

namespace acceptlab {

// What one stage spent on one mini-batch of training. Times are this stage's, summed over its
// micro-batches.
struct StageSample {
  int stage = 0;
  DeviceId device;
  std::int32_t epoch = 0;
  std::int32_t batch = 0;
  int samples = 0;
  OpCost cost;
  Duration wait{0};  // device idle just before an operation of this batch
  Duration activation_transfer{
      0};  // from handing to the transport to full arrival, queueing included
  Duration gradient_transfer{0};
  Bytes activation_sent;  // payloads leaving this stage
  Bytes gradient_sent;
  std::int64_t forward_version = 0;  // updates in the weights used; staleness is the difference
  std::int64_t update_version = 0;   // updates applied before this batch's own
  TimePoint finished{};              // when its update was applied
  std::uint32_t term = 0;  // of the plan by which it was trained: another one if trained again
};

// A mini-batch of training as the central node sees it.
struct BatchSample {
  std::int32_t epoch = 0;
  std::int32_t batch = 0;
  int samples = 0;
  TimePoint admitted{};
  TimePoint finished{};  // update applied at the first stage
  Score score;           // zero samples where nothing was computed
  std::uint32_t term = 0;
};

struct EpochSample {
  std::int32_t epoch = 0;
  double learning_rate = 0.0;
  TimePoint started{};
  TimePoint trained{};    // pipeline drained
  TimePoint evaluated{};  // equals trained without evaluation
  Score train;
  Score test;
  std::uint32_t term = 0;  // in which it ended
};

// A change of the plan during training. Of the codecs alone: nothing drained and nothing moved, and
// mini-batches that were under way are finished by the codecs after.
struct RepartitionSample {
  std::uint32_t term = 0;  // of the plan after; of the codecs alone: as before
  std::int32_t epoch = 0;
  std::int32_t batch = 0;  // the first that the plan after trains; the epoch's count: none of it
  TimePoint started{};     // no further batch is admitted
  TimePoint drained{};     // nothing in flight; units begin to move
  TimePoint committed{};
  Bytes moved;  // state of units, as sent
  Plan before;
  Plan after;
  Duration predicted_gain{0};  // per batch; below 0: given up for codecs that lose less
  Duration predicted_cost{0};  // of the change
};

// The state of all units, written out at a drained point and copied to other devices.
struct ReplicationSample {
  SnapshotId snapshot;
  std::int32_t epoch = 0;
  std::int32_t batch = 0;            // the first that is not in it
  TimePoint started{};               // no further batch is admitted
  TimePoint drained{};               // nothing in flight; training goes on once it is written out
  std::optional<TimePoint> whole{};  // every unit is on two devices; unset: given up before
  bool central_copy = false;         // the central node keeps a copy of every unit
  Bytes copied;                      // state of units, as it arrived on other devices
};

// Why training went back to a snapshot.
enum class RecoveryCause : std::uint8_t {
  kLate,      // no mini-batch was finished within the deadline
  kPeerLost,  // the transport has lost a device
  kDamaged,   // a frame arrived damaged
  kReturned,  // a device that was lost is there again
};

// A return to a snapshot: from what was noticed to the plan by which training goes on.
struct RecoverySample {
  std::uint32_t term = 0;  // of the plan after
  RecoveryCause cause = RecoveryCause::kLate;
  std::string what;                 // for people; may be empty
  std::vector<DeviceId> lost;       // have not answered
  std::vector<DeviceId> returned;   // had been lost, and have answered
  std::vector<DeviceId> restarted;  // have answered, and hold nothing
  int probes = 0;                   // above 1: it was begun again, as something else was lost
  std::int32_t epoch = 0;           // the oldest mini-batch that was not finished when it began
  std::int32_t batch = 0;
  std::int64_t version = 0;        // mini-batches finished by then, in the run
  std::int32_t resumed_epoch = 0;  // that training goes on with
  std::int32_t resumed_batch = 0;
  SnapshotId resumed;
  TimePoint last_progress{};  // before it was noticed
  TimePoint detected{};
  TimePoint decided{};  // all have answered, or their time is over
  TimePoint committed{};
  Bytes moved;  // state of units, as sent
  Plan before;
  Plan after;
};

// An operation as it occupied a device.
struct OpSpan {
  int stage = 0;
  DeviceId device;
  OpKind kind = OpKind::kForward;
  BatchKey key;
  TimePoint started{};
  OpCost cost;
};

// A frame as it crossed the network.
struct MessageSpan {
  DeviceId from;
  DeviceId to;
  FrameKind kind = FrameKind::kStartPhase;
  BatchKey key;
  Bytes size;  // header and payload
  TimePoint sent{};
  TimePoint received{};
};

}  // namespace acceptlab
