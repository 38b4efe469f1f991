#pragma once

#include <cstdint>

#include "runtime/data/dataset.h"

namespace acceptlab::data {

struct SyntheticOptions {
  std::int64_t train_samples = 1024;
  std::int64_t test_samples = 256;
  int channels = 1;
  int height = 28;
  int width = 28;
  int classes = 10;
  int noise = 64;  // added to each pixel: uniform in [-noise, noise], in levels of 0..255
  std::uint64_t seed = 1;
};

// A made-up set for tests: each class has a pattern of random 4 x 4-pixel tiles, a sample is its
// class's pattern plus noise, labels go round the classes. Easy to learn, so a test can demand
// that training learns it. Integer arithmetic only: the same bytes on every machine.
// Throws ConfigError where an option is out of range.
DatasetPair make_synthetic(const SyntheticOptions& options);

}  // namespace acceptlab::data
