#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/ports/stage_compute.h"
#include "runtime/ports/tensor_codec.h"
#include "runtime/stage_config.h"
#include "runtime/torch/input_format.h"
#include "runtime/torch/model.h"
#include "runtime/torch/unit_state.h"

namespace acceptlab::torch_stage {

// A run's codec at a stage's two cuts; each outlives the stage. Null: little-endian float32, no
// header.
struct StageCodecs {
  TensorCodec* input_activation = nullptr;   // decodes what the stage before sent
  TensorCodec* output_activation = nullptr;  // encodes what goes to the stage behind
  TensorCodec* input_gradient = nullptr;     // encodes what goes to the stage before
  TensorCodec* output_gradient = nullptr;    // decodes what the stage behind sent
};

struct SgdOptions {
  double momentum = 0.9;
  double weight_decay = 0.0;
};

struct TorchStageOptions {
  ModelOptions model;
  UnitRange units;  // the first stage begins at 0, the last one ends at the unit count
  int stage = 0;    // position in the pipeline; names the streams of its codecs
  // See StageConfig: these name the streams, too.
  std::uint32_t input_term = 0;
  std::uint32_t output_term = 0;
  int slots = 1;  // mini-batches in flight
  WeightPolicy policy = WeightPolicy::kStash;
  SgdOptions sgd;
  std::uint64_t seed = 0;           // of the initial weights
  InputFormat input;                // used by the first stage
  std::vector<StageCodecs> codecs;  // by PlannedStage::codec; empty: float32 alone
};

// One stage computed by LibTorch on the calling thread.
//
// A batch runs on the weights of Op::slot and keeps its graph until its backward. One set of batch
// normalisation statistics serves all slots; forwards update it in the order they are called.
// Op::version counts the updates that this stage has performed. On input that cannot be decoded
// and on values that are not finite, perform() throws std::runtime_error that names stage, batch
// and micro-batch. One thread owns it.
class TorchStage : public StageCompute {
 public:
  // The newest state of each unit. Requires for kReplicas: nothing in flight and no update since
  // the last kAggregate.
  virtual std::vector<UnitState> state() const = 0;
  // Takes over the stage's units from `units`, which may hold others too and come from another
  // cut. Versions are counted on from `version`. Throws ConfigError where a unit or tensor is
  // missing or has another shape; the stage is then unusable. Requires: nothing in flight.
  virtual void load(const std::vector<UnitState>& units, std::int64_t version) = 0;
};

// Throws ConfigError where the options contradict each other or the model.
// A unit's initial weights depend on the seed and its index alone, not on the cut.
std::unique_ptr<TorchStage> make_torch_stage(const TorchStageOptions& options);

enum class Direction { kActivation = 0, kGradient = 1 };

// What a stage encodes under a TensorId.
struct EncodedTensor {
  int stage = 0;  // that encodes
  Direction direction = Direction::kActivation;
  std::uint32_t cut_term = 0;
  BatchKey key;  // of training
};

// The TensorId under which a stage encodes: stream 2 * stage + direction, and in its upper half the
// term in which the cut came to be where it is; message unique per micro-batch.
// Requires: epoch and micro-batch below 65536.
TensorId tensor_id(int stage, Direction direction, const BatchKey& key, std::uint32_t cut_term = 0);
// The inverse of tensor_id().
EncodedTensor encoded_tensor(TensorId id);

}  // namespace acceptlab::torch_stage
