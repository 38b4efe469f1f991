#pragma once

#include <cstdint>
#include <vector>

#include "runtime/base/units.h"
#include "runtime/data/dataset.h"
#include "runtime/ports/batch_source.h"
#include "runtime/training_shape.h"

namespace acceptlab::data {

// Serves micro-batches from memory. Training goes through the first shape.train_samples samples in
// an order that depends on the seed and the epoch alone (Fisher-Yates from the random stream
// "epoch <e>"); evaluation goes through the first shape.test_samples in the order of the file.
class DatasetSource final : public BatchSource {
 public:
  // `data` outlives the source.
  // Requires: the shape asks for no more samples than there are; the sets agree on dimensions.
  DatasetSource(const DatasetPair& data, const TrainingShape& shape, std::uint64_t seed);

  Payload inputs(const BatchKey& key) override;
  Payload labels(const BatchKey& key) override;

 private:
  // Index, in its set, of the sample at `position` of the key's epoch.
  std::int64_t sample_at(const BatchKey& key, std::int64_t position);

  const DatasetPair& data_;
  const TrainingShape shape_;
  const std::uint64_t seed_;
  std::int32_t ordered_epoch_ = -1;  // whose order is in order_
  std::vector<std::int64_t> order_;
};

// The order of `count` samples in `epoch`: a permutation of 0..count-1.
std::vector<std::int64_t> epoch_order(std::int64_t count, std::uint64_t seed, std::int32_t epoch);

// Sizes of the same micro-batches without their bytes, for runs without numerics.
class SizedSource final : public BatchSource {
 public:
  // `sample_size`: one sample's raw bytes, channels x height x width.
  SizedSource(const TrainingShape& shape, Bytes sample_size);

  Payload inputs(const BatchKey& key) override;
  Payload labels(const BatchKey& key) override;

 private:
  const TrainingShape shape_;
  const Bytes sample_size_;
};

}  // namespace acceptlab::data
