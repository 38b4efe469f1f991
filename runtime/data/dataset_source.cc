#include "runtime/data/dataset_source.h"

#include <numeric>
#include <string>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/rng.h"

namespace acceptlab::data {

std::vector<std::int64_t> epoch_order(std::int64_t count, std::uint64_t seed, std::int32_t epoch) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  Rng rng(seed, "epoch " + std::to_string(epoch));
  for (std::size_t left = order.size(); left > 1; --left) {
    std::swap(order[left - 1], order[rng.below(left)]);
  }
  return order;
}

DatasetSource::DatasetSource(const DatasetPair& data, const TrainingShape& shape,
                             std::uint64_t seed)
    : data_(data), shape_(shape), seed_(seed) {
  ACCEPTLAB_CHECK(shape.train_samples <= data.train.size());
  ACCEPTLAB_CHECK(shape.test_samples <= data.test.size());
  ACCEPTLAB_CHECK(shape.test_samples == 0 ||
                  data.train.values_per_sample() == data.test.values_per_sample());
}

std::int64_t DatasetSource::sample_at(const BatchKey& key, std::int64_t position) {
  if (key.phase == Phase::kEvaluate) return position;
  if (ordered_epoch_ != key.epoch) {
    order_ = epoch_order(shape_.train_samples, seed_, key.epoch);
    ordered_epoch_ = key.epoch;
  }
  return order_[static_cast<std::size_t>(position)];
}

Payload DatasetSource::inputs(const BatchKey& key) {
  const Dataset& set = key.phase == Phase::kTrain ? data_.train : data_.test;
  const std::int64_t values = set.values_per_sample();
  const std::int64_t first = shape_.first_sample(key);
  const int samples = shape_.samples_in_micro(key);
  std::vector<std::uint8_t> bytes;
  bytes.reserve(static_cast<std::size_t>(samples * values));
  for (int i = 0; i < samples; ++i) {
    const auto image = set.images.begin() + sample_at(key, first + i) * values;
    bytes.insert(bytes.end(), image, image + values);
  }
  return Payload::of(std::move(bytes));
}

Payload DatasetSource::labels(const BatchKey& key) {
  const Dataset& set = key.phase == Phase::kTrain ? data_.train : data_.test;
  const std::int64_t first = shape_.first_sample(key);
  const int samples = shape_.samples_in_micro(key);
  std::vector<std::uint8_t> bytes;
  bytes.reserve(static_cast<std::size_t>(samples));
  for (int i = 0; i < samples; ++i) {
    bytes.push_back(set.labels[static_cast<std::size_t>(sample_at(key, first + i))]);
  }
  return Payload::of(std::move(bytes));
}

SizedSource::SizedSource(const TrainingShape& shape, Bytes sample_size)
    : shape_(shape), sample_size_(sample_size) {}

Payload SizedSource::inputs(const BatchKey& key) {
  return Payload::sized(sample_size_ * shape_.samples_in_micro(key));
}

Payload SizedSource::labels(const BatchKey& key) {
  return Payload::sized(Bytes(shape_.samples_in_micro(key)));
}

}  // namespace acceptlab::data
