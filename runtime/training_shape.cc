#include "runtime/training_shape.h"

#include <algorithm>

#include "runtime/base/check.h"

namespace acceptlab {

namespace {
std::int64_t samples_of(const TrainingShape& shape, Phase phase) {
  return phase == Phase::kTrain ? shape.train_samples : shape.test_samples;
}
int batch_of(const TrainingShape& shape, Phase phase) {
  return phase == Phase::kTrain ? shape.batch_samples : shape.evaluation_batch_samples;
}
}  // namespace

int TrainingShape::batches(Phase phase) const {
  const std::int64_t size = batch_of(*this, phase);
  return static_cast<int>((samples_of(*this, phase) + size - 1) / size);
}

int TrainingShape::samples_in_batch(Phase phase, int batch) const {
  ACCEPTLAB_CHECK(batch >= 0 && batch < batches(phase));
  const std::int64_t size = batch_of(*this, phase);
  return static_cast<int>(std::min(size, samples_of(*this, phase) - batch * size));
}

int TrainingShape::micro_batches_in(Phase phase, int batch) const {
  if (phase == Phase::kEvaluate) return 1;
  return std::min(micro_batches, samples_in_batch(phase, batch));
}

// Only the last mini-batch can have fewer micro-batches than the first.
int TrainingShape::micro_batches_before(int batch) const {
  return batch == 0 ? 0 : batch * micro_batches_in(Phase::kTrain, 0);
}

int TrainingShape::samples_in_micro(const BatchKey& key) const {
  const int samples = samples_in_batch(key.phase, key.batch);
  const int micros = micro_batches_in(key.phase, key.batch);
  ACCEPTLAB_CHECK(key.micro >= 0 && key.micro < micros);
  return samples / micros + (key.micro < samples % micros ? 1 : 0);
}

std::int64_t TrainingShape::first_sample(const BatchKey& key) const {
  const int samples = samples_in_batch(key.phase, key.batch);
  const int micros = micro_batches_in(key.phase, key.batch);
  ACCEPTLAB_CHECK(key.micro >= 0 && key.micro < micros);
  const std::int64_t before = std::int64_t{key.batch} * batch_of(*this, key.phase);
  return before + std::int64_t{key.micro} * (samples / micros) +
         std::min(key.micro, samples % micros);
}

}  // namespace acceptlab
