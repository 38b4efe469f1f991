#include "runtime/data/synthetic.h"

#include <algorithm>

#include "runtime/base/result.h"
#include "runtime/base/rng.h"

namespace acceptlab::data {

namespace {

constexpr int kTile = 4;
constexpr std::int64_t kLargestContent = std::int64_t{1} << 31;

void check_options(const SyntheticOptions& o) {
  const auto require = [](bool good, const std::string& rule, std::int64_t value) {
    if (!good) throw ConfigError("synthetic set: " + rule + ", have " + std::to_string(value));
  };
  require(o.train_samples >= 1, "train samples must be at least 1", o.train_samples);
  require(o.test_samples >= 1, "test samples must be at least 1", o.test_samples);
  require(o.channels >= 1 && o.channels <= 1024, "channels must be 1..1024", o.channels);
  require(o.height >= 1 && o.height <= 1024, "height must be 1..1024", o.height);
  require(o.width >= 1 && o.width <= 1024, "width must be 1..1024", o.width);
  require(o.classes >= 1 && o.classes <= 256, "classes must be 1..256", o.classes);
  require(o.noise >= 0 && o.noise <= 255, "noise must be 0..255", o.noise);
  const std::int64_t sample = std::int64_t{o.channels} * o.height * o.width;
  const std::int64_t most = std::max(o.train_samples, o.test_samples);
  require(most <= kLargestContent / sample, "a set must stay below 2 GiB; samples", most);
}

// [channels, height, width] of one class.
std::vector<int> class_pattern(const SyntheticOptions& o, int label) {
  Rng rng(o.seed, "synthetic pattern " + std::to_string(label));
  const int rows = (o.height + kTile - 1) / kTile;
  const int columns = (o.width + kTile - 1) / kTile;
  std::vector<int> pattern;
  std::vector<int> tiles(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  for (int channel = 0; channel < o.channels; ++channel) {
    for (int& tile : tiles) tile = static_cast<int>(rng.below(256));
    for (int y = 0; y < o.height; ++y) {
      for (int x = 0; x < o.width; ++x) {
        const int covering = y / kTile * columns + x / kTile;
        pattern.push_back(tiles[static_cast<std::size_t>(covering)]);
      }
    }
  }
  return pattern;
}

Dataset make_set(const SyntheticOptions& o, const std::vector<std::vector<int>>& patterns,
                 std::int64_t samples, const std::string& part) {
  Dataset dataset;
  dataset.name = "synthetic";
  dataset.synthetic = true;
  dataset.channels = o.channels;
  dataset.height = o.height;
  dataset.width = o.width;
  dataset.classes = o.classes;
  dataset.images.reserve(static_cast<std::size_t>(samples * dataset.values_per_sample()));
  Rng rng(o.seed, "synthetic noise " + part);
  const auto levels = 2 * static_cast<std::uint64_t>(o.noise) + 1;
  for (std::int64_t i = 0; i < samples; ++i) {
    const auto label = static_cast<std::uint8_t>(i % o.classes);
    for (const int value : patterns[label]) {
      const int noisy = value + static_cast<int>(rng.below(levels)) - o.noise;
      dataset.images.push_back(static_cast<std::uint8_t>(std::clamp(noisy, 0, 255)));
    }
    dataset.labels.push_back(label);
  }
  return dataset;
}

}  // namespace

DatasetPair make_synthetic(const SyntheticOptions& options) {
  check_options(options);
  std::vector<std::vector<int>> patterns;
  patterns.reserve(static_cast<std::size_t>(options.classes));
  for (int label = 0; label < options.classes; ++label) {
    patterns.push_back(class_pattern(options, label));
  }
  return {make_set(options, patterns, options.train_samples, "train"),
          make_set(options, patterns, options.test_samples, "test")};
}

}  // namespace acceptlab::data
