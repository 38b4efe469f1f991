#include "bench/torch/cut_training.h"

#include <cstring>
#include <utility>

#include "runtime/base/check.h"

namespace acceptlab::codec_quality {

namespace {

using torch_stage::Direction;

TrainingShape epoch_of(const TrainingOptions& options, const data::DatasetPair& data) {
  TrainingShape shape;
  shape.train_samples = data.train.size();
  shape.batch_samples = options.batch_samples;
  return shape;
}

torch_stage::InputFormat input_of(const data::Dataset& data) {
  const data::ChannelStatistics statistics = data::channel_statistics(data);
  torch_stage::InputFormat format;
  format.channels = data.channels;
  format.height = data.height;
  format.width = data.width;
  format.mean = statistics.mean;
  format.deviation = statistics.deviation;
  return format;
}

// Stages exchange float32 where they have no codec.
std::vector<float> floats_of(const Payload& payload) {
  const Span<const std::uint8_t> bytes = payload.bytes();
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

}  // namespace

const char* to_string(Direction direction) {
  return direction == Direction::kActivation ? "activation" : "gradient";
}

CutTraining::CutTraining(const TrainingOptions& options, const data::DatasetPair& data)
    : options_(options),
      model_(torch_stage::make_model(options.model)),
      shape_(epoch_of(options, data)),
      source_(data, shape_, options.seed) {
  torch_stage::TorchStageOptions stage;
  stage.model = options.model;
  stage.sgd = options.sgd;
  stage.seed = options.seed;
  stage.input = input_of(data.train);
  for (int unit = 0; unit < model_.unit_count(); ++unit) {
    stage.units = {unit, unit + 1};
    stage.stage = unit;
    stages_.push_back(torch_stage::make_torch_stage(stage));
  }
  activations_.resize(stages_.size() - 1);
  gradients_.resize(stages_.size() - 1);
}

int CutTraining::batch_count() const { return shape_.batches(Phase::kTrain); }

Op CutTraining::next_op(OpKind kind) const {
  Op op;
  op.kind = kind;
  op.key.batch = trained_batches_;
  op.samples = op.mini_batch_samples = shape_.samples_in_batch(Phase::kTrain, trained_batches_);
  op.version = trained_batches_;
  op.learning_rate = options_.learning_rate;
  return op;
}

OpResult CutTraining::perform(std::size_t unit, Op op, Payload input) {
  op.input = std::move(input);
  return stages_[unit]->perform(op);
}

Score CutTraining::train_batch() {
  ACCEPTLAB_CHECK(trained_batches_ < batch_count());
  const std::size_t cuts = activations_.size();
  Op forward = next_op(OpKind::kForward);
  Payload input = source_.inputs(forward.key);
  for (std::size_t unit = 0; unit < cuts; ++unit) {
    input = activations_[unit] = perform(unit, forward, std::move(input)).output;
  }
  forward.kind = OpKind::kForwardBackward;
  forward.labels = source_.labels(forward.key);
  OpResult last = perform(cuts, forward, std::move(input));
  Payload gradient = std::move(last.output);
  for (std::size_t unit = cuts; unit-- > 0;) {
    gradients_[unit] = gradient;
    gradient = perform(unit, next_op(OpKind::kBackward), std::move(gradient)).output;
  }
  for (const auto& stage : stages_) stage->perform(next_op(OpKind::kUpdate));
  ++trained_batches_;
  return last.score.value();
}

CutTensor CutTraining::crossing(std::size_t cut, Direction direction) const {
  const torch_stage::Unit& unit = model_.units[cut];
  const bool forward = direction == Direction::kActivation;
  BatchKey key;
  key.batch = trained_batches_ - 1;
  CutTensor tensor;
  tensor.cut_after_unit = static_cast<int>(cut) + 1;
  tensor.unit_name = unit.name;
  tensor.direction = direction;
  const std::size_t sender = forward ? cut : cut + 1;
  tensor.id = torch_stage::tensor_id(static_cast<int>(sender), direction, key);
  tensor.values = floats_of(forward ? activations_[cut] : gradients_[cut]);
  const int samples = shape_.samples_in_batch(Phase::kTrain, key.batch);
  tensor.shape.dims[0] = static_cast<std::uint32_t>(samples);
  tensor.shape.rank = 1;
  for (const int size : unit.output) {
    tensor.shape.dims[static_cast<std::size_t>(tensor.shape.rank++)] =
        static_cast<std::uint32_t>(size);
  }
  return tensor;
}

std::vector<CutTensor> CutTraining::crossings() const {
  ACCEPTLAB_CHECK(trained_batches_ > 0);
  std::vector<CutTensor> tensors;
  for (const Direction direction : {Direction::kActivation, Direction::kGradient}) {
    for (std::size_t cut = 0; cut < activations_.size(); ++cut) {
      tensors.push_back(crossing(cut, direction));
    }
  }
  return tensors;
}

}  // namespace acceptlab::codec_quality
