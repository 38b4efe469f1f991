#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/base/units.h"
#include "runtime/batch_key.h"
#include "runtime/payload.h"
#include "runtime/stage_config.h"

namespace acceptlab {

enum class OpKind : std::uint8_t {
  kForward,          // decode the input, run the stage, encode the output; keep the graph
  kForwardBackward,  // last stage of 1F1B: decode, forward, loss, backward, encode the gradient
  kBackward,         // decode the gradient (last stage: from the loss), backward, encode
  kUpdate,           // one optimizer step with the gradients of this mini-batch
  kAggregate,        // average the weight replicas
  kEvaluate,         // forward without graph and without codec; the last stage also scores
  kExport,           // write out the state of some units: for another device, or to go back to
  kAdopt,            // become another stage, with units fetched from other devices
};

// The state of units on the way from one device to another: what OpKind::kExport gives.
struct MovedUnits {
  UnitRange units;
  Payload state;
};

// One piece of work for a device's processor. A stage has at most one under way.
struct Op {
  OpKind kind = OpKind::kForward;
  BatchKey key;
  int stage = 0;               // that does it; kAdopt: that it becomes
  UnitRange units;             // of the stage; kExport: those to write out
  int slots = 1;               // of the stage
  int samples = 0;             // in this micro-batch; 0 where no samples are worked on
  int mini_batch_samples = 0;  // of the whole mini-batch: weighs a micro-batch's loss
  // By which of the run's codecs what goes out is encoded, and what comes in was: but for messages
  // under way while it changes. Those say themselves how they are encoded.
  int input_codec = 0;
  int output_codec = 0;
  int slot = 0;  // which replica of the stage holds the graph of this batch
  // kForward, kForwardBackward: updates applied to the weights it uses; kAdopt: to all weights.
  std::int64_t version = 0;
  double learning_rate = 0.0;             // kUpdate
  Payload input;                          // activation (stage 0: raw samples) or gradient
  Payload labels;                         // last stage: one byte a sample
  std::optional<StageConfig> next_stage;  // kAdopt; nothing: the device is left out from now on
  std::vector<MovedUnits> gained;         // kAdopt: units of next_stage that it did not have
  bool each_unit = false;                 // kExport: every unit by itself, into OpResult::parts
  // kAdopt: whatever the device had is dropped, in whatever state. The stage begins with `gained`,
  // which are all of its units, or, where that is empty, with what they were when the run began.
  bool restore = false;
};

// Where the time of an operation goes, on the device that runs it.
struct OpCost {
  Duration decode{0};
  Duration forward{0};
  Duration backward{0};
  Duration encode{0};
  Duration update{0};  // optimizer step or aggregation; copying weights
  OpCost& operator+=(const OpCost& other) {
    decode += other.decode;
    forward += other.forward;
    backward += other.backward;
    encode += other.encode;
    update += other.update;
    return *this;
  }
  Duration total() const { return decode + forward + backward + encode + update; }
};

// Loss and hits of a micro-batch, seen by the last stage.
struct Score {
  double loss_sum = 0.0;  // sum over samples of the cross-entropy, nats
  std::int64_t correct = 0;
  std::int64_t samples = 0;
};

struct OpResult {
  Payload output;              // encoded activation, gradient or units; empty: nothing leaves
  OpCost cost;                 // as measured while computing (zero where nothing is computed)
  std::optional<Score> score;  // last stage, operations that see the loss
  std::vector<Payload> parts;  // kExport of each unit: their states, in order
};

}  // namespace acceptlab
