#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace acceptlab::data {

// Labelled images in memory.
// Invariants (check_dataset): every dimension > 0, images and labels agree on the count, every
// label < classes.
struct Dataset {
  std::string name;
  bool synthetic = false;  // made up for tests: accuracy on it says nothing about a real task
  int channels = 0;
  int height = 0;
  int width = 0;
  int classes = 0;                   // 1..256
  std::vector<std::uint8_t> images;  // [size, channels, height, width]
  std::vector<std::uint8_t> labels;  // [size]

  std::int64_t size() const { return static_cast<std::int64_t>(labels.size()); }
  std::int64_t values_per_sample() const { return std::int64_t{channels} * height * width; }
};

struct DatasetPair {
  Dataset train;
  Dataset test;
};

// Mean and standard deviation of a channel over all samples and pixels, of values scaled to [0, 1].
// A stage normalises with (value / 255 - mean) / deviation; the deviation of a constant channel is
// given as 1, so that this is always defined.
struct ChannelStatistics {
  std::vector<double> mean;       // [channels]
  std::vector<double> deviation;  // [channels]
};

// Throws ConfigError, naming `source` (a file or a set) and the values, where an invariant fails.
void check_dataset(const Dataset& dataset, const std::string& source);

// Use the training set's for both sets. Sums are exact integers: the same on every machine.
// Requires: the invariants hold, at least one sample.
ChannelStatistics channel_statistics(const Dataset& dataset);

// Keeps the first `count` samples, or all where there are fewer.
void keep_first(Dataset& dataset, std::int64_t count);

}  // namespace acceptlab::data
