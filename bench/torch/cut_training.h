#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "compression/tensor_info.h"
#include "runtime/base/span.h"
#include "runtime/data/dataset.h"
#include "runtime/data/dataset_source.h"
#include "runtime/torch/model.h"
#include "runtime/torch/stage.h"

namespace acceptlab::codec_quality {

// Those of scenarios/bandwidth_sweep.toml.
struct TrainingOptions {
  torch_stage::ModelOptions model{"mobilenetv2", 0.5, 10};
  int batch_samples = 32;
  double learning_rate = 0.01;
  torch_stage::SgdOptions sgd{0.9, 5e-4};
  std::uint64_t seed = 1;
};

// What a cut would send in one direction for one mini-batch.
struct CutTensor {
  int cut_after_unit = 1;
  std::string unit_name;  // of that unit
  torch_stage::Direction direction = torch_stage::Direction::kActivation;
  TensorId id;               // under which the stage beside the cut would encode it
  compression::Shape shape;  // [samples, shape of the unit's output]
  std::vector<float> values;
};

const char* to_string(torch_stage::Direction direction);

// One epoch of training on one device, with a stage for every unit: so all tensors that any cut
// would send pass through as float32, and the updates are those of training without cuts.
class CutTraining {
 public:
  // `data` outlives it. Requires: initialise_torch was called in this thread. Throws ConfigError
  // where the model is unknown or does not fit the data.
  CutTraining(const TrainingOptions& options, const data::DatasetPair& data);

  int batch_count() const;  // in the epoch
  // Trains on the next mini-batch. Requires: fewer than batch_count() before.
  Score train_batch();
  // What crossed every cut in the last mini-batch, activations first. Requires: one was trained.
  std::vector<CutTensor> crossings() const;

 private:
  Op next_op(OpKind kind) const;
  OpResult perform(std::size_t unit, Op op, Payload input);
  CutTensor crossing(std::size_t cut, torch_stage::Direction direction) const;

  const TrainingOptions options_;
  const torch_stage::Model model_;
  const TrainingShape shape_;
  data::DatasetSource source_;
  std::vector<std::unique_ptr<torch_stage::TorchStage>> stages_;  // one a unit
  int trained_batches_ = 0;
  // Of the last mini-batch, by cut.
  std::vector<Payload> activations_;
  std::vector<Payload> gradients_;
};

}  // namespace acceptlab::codec_quality
