#include "runtime/data/dataset.h"

#include <algorithm>
#include <cmath>

#include "runtime/base/check.h"
#include "runtime/base/result.h"

namespace acceptlab::data {

namespace {

struct Sums {
  std::uint64_t values = 0;
  std::uint64_t squares = 0;
};

void add(Sums& sums, const std::uint8_t* pixels, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint64_t value = pixels[i];
    sums.values += value;
    sums.squares += value * value;
  }
}

}  // namespace

void check_dataset(const Dataset& dataset, const std::string& source) {
  if (dataset.channels < 1 || dataset.height < 1 || dataset.width < 1) {
    throw ConfigError(source + ": image dimensions must be at least 1, have " +
                      std::to_string(dataset.channels) + " x " + std::to_string(dataset.height) +
                      " x " + std::to_string(dataset.width));
  }
  if (dataset.classes < 1 || dataset.classes > 256) {
    throw ConfigError(source + ": classes must be 1..256, have " + std::to_string(dataset.classes));
  }
  const auto values = static_cast<std::int64_t>(dataset.images.size());
  if (values != dataset.size() * dataset.values_per_sample()) {
    throw ConfigError(source + ": " + std::to_string(dataset.size()) + " labels, but " +
                      std::to_string(values / dataset.values_per_sample()) + " images");
  }
  for (std::size_t i = 0; i < dataset.labels.size(); ++i) {
    if (dataset.labels[i] >= dataset.classes) {
      throw ConfigError(source + ": label " + std::to_string(dataset.labels[i]) + " of sample " +
                        std::to_string(i) + " (from 0) is not below the class count " +
                        std::to_string(dataset.classes));
    }
  }
}

ChannelStatistics channel_statistics(const Dataset& dataset) {
  ACCEPTLAB_CHECK(dataset.size() > 0);
  const std::int64_t plane = std::int64_t{dataset.height} * dataset.width;
  std::vector<Sums> sums(static_cast<std::size_t>(dataset.channels));
  const std::uint8_t* pixels = dataset.images.data();
  for (std::int64_t sample = 0; sample < dataset.size(); ++sample) {
    for (Sums& channel : sums) {
      add(channel, pixels, plane);
      pixels += plane;
    }
  }
  ChannelStatistics statistics;
  const double count = static_cast<double>(dataset.size()) * static_cast<double>(plane);
  for (const Sums& channel : sums) {
    const double mean = static_cast<double>(channel.values) / count / 255.0;
    const double square = static_cast<double>(channel.squares) / count / (255.0 * 255.0);
    const double variance = std::max(0.0, square - mean * mean);
    statistics.mean.push_back(mean);
    // Rounding can leave a constant channel a variance of about 1e-16; one pixel of 255 levels
    // among a billion makes 1e-14.
    statistics.deviation.push_back(variance > 1e-15 ? std::sqrt(variance) : 1.0);
  }
  return statistics;
}

void keep_first(Dataset& dataset, std::int64_t count) {
  ACCEPTLAB_CHECK(count >= 0);
  if (count >= dataset.size()) return;
  dataset.labels.resize(static_cast<std::size_t>(count));
  dataset.images.resize(static_cast<std::size_t>(count * dataset.values_per_sample()));
}

}  // namespace acceptlab::data
