#include "tests/runtime/torch/pipeline.h"

#include <gtest/gtest.h>

#include <cstring>
#include <utility>

#include "runtime/base/rng.h"
#include "runtime/torch/setup.h"

namespace acceptlab::torch_stage {
namespace {

// Results must not depend on how many threads the machine offers.
class OneThread : public testing::Environment {
 public:
  void SetUp() override { initialise_torch(0); }
};
const testing::Environment* const kOneThread = testing::AddGlobalTestEnvironment(new OneThread);

Payload part(const std::vector<std::uint8_t>& bytes, std::size_t each, int begin, int count) {
  const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(each) * begin;
  return Payload::of({first, first + static_cast<std::ptrdiff_t>(each) * count});
}

Op make_op(OpKind kind, int batch, int micro, int samples, int mini_batch_samples) {
  Op op;
  op.kind = kind;
  op.key.batch = batch;
  op.key.micro = micro;
  op.samples = samples;
  op.mini_batch_samples = mini_batch_samples;
  return op;
}

Op make_update(int batch, int samples, int slot, double learning_rate) {
  Op op = make_op(OpKind::kUpdate, batch, 0, samples, samples);
  op.slot = slot;
  op.learning_rate = learning_rate;
  return op;
}

}  // namespace

Payload Batch::image_payload(int begin, int count) const {
  return part(images, images.size() / labels.size(), begin, count);
}
Payload Batch::label_payload(int begin, int count) const { return part(labels, 1, begin, count); }

Batch random_batch(const InputFormat& format, int samples, int classes, int index) {
  Rng rng(static_cast<std::uint64_t>(index), "batch");
  Batch batch;
  batch.samples = samples;
  batch.images.resize(
      static_cast<std::size_t>(samples * format.channels * format.height * format.width));
  for (std::uint8_t& value : batch.images) value = static_cast<std::uint8_t>(rng.below(256));
  for (int s = 0; s < samples; ++s) {
    batch.labels.push_back(
        static_cast<std::uint8_t>(rng.below(static_cast<std::uint64_t>(classes))));
  }
  return batch;
}

std::vector<Batch> random_batches(const InputFormat& format, int samples, int classes, int count) {
  std::vector<Batch> batches;
  for (int b = 0; b < count; ++b) batches.push_back(random_batch(format, samples, classes, b));
  return batches;
}

TorchStageOptions whole_model(const ModelOptions& options, int slots) {
  const Model model = make_model(options);
  TorchStageOptions stage;
  stage.model = options;
  stage.units = {0, model.unit_count()};
  stage.slots = slots;
  stage.seed = 7;
  stage.sgd.weight_decay = 5e-4;
  const auto channels = static_cast<std::size_t>(model.input[0]);
  stage.input.channels = model.input[0];
  stage.input.height = model.input[1];
  stage.input.width = model.input[2];
  stage.input.mean.assign(channels, 0.5);
  stage.input.deviation.assign(channels, 0.25);
  return stage;
}

Pipeline::Pipeline(TorchStageOptions options, const std::vector<int>& cuts, int last_slots,
                   bool growing_slots) {
  const int end = options.units.end;
  const int count = static_cast<int>(cuts.size()) + 1;
  for (int s = 0; s < count; ++s) {
    options.stage = s;
    options.units = {s == 0 ? 0 : cuts[static_cast<std::size_t>(s - 1)],
                     s + 1 == count ? end : cuts[static_cast<std::size_t>(s)]};
    options.slots = last_slots + (growing_slots ? count - 1 - s : 0);
    Stage stage;
    stage.slots = options.slots;
    stage.compute = make_torch_stage(options);
    stages_.push_back(std::move(stage));
    ranges_.push_back(options.units);
  }
}

Score Pipeline::train_synchronously(const Batch& batch, const MicroSizes& micros,
                                    double learning_rate, int index) {
  Score total;
  int begin = 0;
  for (std::size_t m = 0; m < micros.size(); begin += micros[m], ++m) {
    Payload data = batch.image_payload(begin, micros[m]);
    for (int s = 0; s < stage_count(); ++s) {
      Op op = make_op(OpKind::kForward, index, static_cast<int>(m), micros[m], batch.samples);
      op.version = at(s).updates;
      op.input = data;
      if (is_last(s)) op.labels = batch.label_payload(begin, micros[m]);
      const OpResult result = stage(s).perform(op);
      data = result.output;
      EXPECT_EQ(result.score.has_value(), is_last(s));
      if (!result.score) continue;
      total.loss_sum += result.score->loss_sum;
      total.correct += result.score->correct;
      total.samples += result.score->samples;
    }
  }
  for (std::size_t m = 0; m < micros.size(); ++m) {
    Payload gradient;
    for (int s = stage_count() - 1; s >= 0; --s) {
      Op op = make_op(OpKind::kBackward, index, static_cast<int>(m), micros[m], batch.samples);
      op.input = gradient;
      gradient = stage(s).perform(op).output;
      EXPECT_EQ(gradient.has_bytes(), s > 0);
    }
  }
  for (int s = 0; s < stage_count(); ++s) {
    stage(s).perform(make_update(index, batch.samples, 0, learning_rate));
    ++at(s).updates;
  }
  return total;
}

void Pipeline::train_1f1b(const std::vector<Batch>& batches, double learning_rate,
                          const AfterUpdate& after_update) {
  for (Stage& stage : stages_) {
    stage.forwards = stage.backwards = 0;
    stage.inputs.clear();
    stage.gradients.clear();
  }
  for (const Batch& batch : batches) {
    stages_.front().inputs.push_back(batch.image_payload(0, batch.samples));
  }
  for (bool moved = true; moved;) {
    moved = false;
    for (int s = 0; s < stage_count(); ++s) {
      moved = advance(s, batches, learning_rate, after_update) || moved;
    }
  }
  for (const Stage& stage : stages_) {
    ASSERT_EQ(stage.backwards, static_cast<int>(batches.size()));
  }
}

// Backward where the window is full or input has ended and the gradient is there, else forward.
bool Pipeline::advance(int s, const std::vector<Batch>& batches, double learning_rate,
                       const AfterUpdate& after_update) {
  Stage& stage = at(s);
  const bool full = stage.forwards - stage.backwards == stage.slots;
  const bool ended = stage.forwards == static_cast<int>(batches.size());
  const bool has_gradient = is_last(s) ? stage.backwards < stage.forwards
                                       : stage.backwards < static_cast<int>(stage.gradients.size());
  if ((full || ended) && has_gradient) {
    backward_one(s, batches[static_cast<std::size_t>(stage.backwards)], learning_rate,
                 after_update);
    return true;
  }
  if (full || stage.forwards == static_cast<int>(stage.inputs.size())) return false;
  const Batch& batch = batches[static_cast<std::size_t>(stage.forwards)];
  forward_one(s, batch);
  // The last stage of a pipeline has its backward at hand: one operation does both.
  if (is_last(s) && stage.slots == 1) backward_one(s, batch, learning_rate, after_update);
  return true;
}

void Pipeline::forward_one(int s, const Batch& batch) {
  Stage& stage = at(s);
  const int b = stage.forwards++;
  const bool fused = is_last(s) && stage.slots == 1;
  Op op = make_op(fused ? OpKind::kForwardBackward : OpKind::kForward, b, 0, batch.samples,
                  batch.samples);
  op.slot = b % stage.slots;
  op.version = stage.updates;
  op.input = stage.inputs[static_cast<std::size_t>(b)];
  if (is_last(s)) op.labels = batch.label_payload(0, batch.samples);
  OpResult result = stage.compute->perform(op);
  if (fused) return pass_back(s, std::move(result));
  if (!is_last(s)) at(s + 1).inputs.push_back(std::move(result.output));
}

void Pipeline::backward_one(int s, const Batch& batch, double learning_rate,
                            const AfterUpdate& after_update) {
  Stage& stage = at(s);
  const int b = stage.backwards++;
  const bool fused = is_last(s) && stage.slots == 1;
  if (!fused) {
    Op op = make_op(OpKind::kBackward, b, 0, batch.samples, batch.samples);
    op.slot = b % stage.slots;
    if (!is_last(s)) op.input = stage.gradients[static_cast<std::size_t>(b)];
    pass_back(s, stage.compute->perform(op));
  }
  stage.compute->perform(make_update(b, batch.samples, b % stage.slots, learning_rate));
  ++stage.updates;
  if (after_update) after_update(s, static_cast<int>(stage.updates), *stage.compute);
}

void Pipeline::pass_back(int s, OpResult result) {
  EXPECT_EQ(result.output.has_bytes(), s > 0);
  if (s > 0) at(s - 1).gradients.push_back(std::move(result.output));
}

Score Pipeline::evaluate(const Batch& batch) {
  Payload data = batch.image_payload(0, batch.samples);
  Score score;
  for (int s = 0; s < stage_count(); ++s) {
    Op op = make_op(OpKind::kEvaluate, 0, 0, batch.samples, batch.samples);
    op.key.phase = Phase::kEvaluate;
    op.input = data;
    if (is_last(s)) op.labels = batch.label_payload(0, batch.samples);
    const OpResult result = stage(s).perform(op);
    data = result.output;
    if (result.score) score = *result.score;
  }
  return score;
}

std::vector<UnitState> Pipeline::state() const {
  std::vector<UnitState> units;
  for (const Stage& stage : stages_) {
    for (UnitState& unit : stage.compute->state()) units.push_back(std::move(unit));
  }
  return units;
}

void Pipeline::load(const std::vector<UnitState>& units) {
  for (Stage& stage : stages_) stage.compute->load(units, stage.updates);
}

namespace {

void expect_same_tensor(const TensorState& a, const TensorState& b) {
  ASSERT_EQ(a.name, b.name);
  ASSERT_EQ(a.role, b.role);
  ASSERT_EQ(a.bytes.size(), b.bytes.size());
  if (a.type != ElementType::kFloat32) {
    EXPECT_EQ(a.bytes, b.bytes);
    return;
  }
  for (std::size_t i = 0; i < a.bytes.size(); i += sizeof(float)) {
    float x = 0.0F;
    float y = 0.0F;
    std::memcpy(&x, a.bytes.data() + i, sizeof x);
    std::memcpy(&y, b.bytes.data() + i, sizeof y);
    ASSERT_EQ(x, y) << a.name << ", role " << static_cast<int>(a.role) << ", value " << i / 4;
  }
}

}  // namespace

void expect_same_state(const std::vector<UnitState>& a, const std::vector<UnitState>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t u = 0; u < a.size(); ++u) {
    SCOPED_TRACE(a[u].name);
    ASSERT_EQ(a[u].index, b[u].index);
    ASSERT_EQ(a[u].name, b[u].name);
    ASSERT_EQ(a[u].tensors.size(), b[u].tensors.size());
    for (std::size_t t = 0; t < a[u].tensors.size(); ++t) {
      expect_same_tensor(a[u].tensors[t], b[u].tensors[t]);
    }
  }
}

}  // namespace acceptlab::torch_stage
