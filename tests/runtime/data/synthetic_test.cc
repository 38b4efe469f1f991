#include "runtime/data/synthetic.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "runtime/base/result.h"

namespace acceptlab::data {
namespace {

// Per class, the mean image of the training set.
std::vector<std::vector<double>> class_means(const Dataset& set) {
  const auto values = static_cast<std::size_t>(set.values_per_sample());
  std::vector<std::vector<double>> means(static_cast<std::size_t>(set.classes),
                                         std::vector<double>(values));
  std::vector<double> counts(means.size());
  for (std::size_t i = 0; i < set.labels.size(); ++i) {
    auto& mean = means[set.labels[i]];
    for (std::size_t v = 0; v < values; ++v) mean[v] += set.images[i * values + v];
    counts[set.labels[i]] += 1.0;
  }
  for (std::size_t c = 0; c < means.size(); ++c) {
    for (double& value : means[c]) value /= counts[c];
  }
  return means;
}

std::size_t nearest_class(const std::vector<std::vector<double>>& means,
                          const std::uint8_t* image) {
  std::size_t best = 0;
  double best_distance = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < means.size(); ++c) {
    double distance = 0.0;
    for (std::size_t v = 0; v < means[c].size(); ++v) {
      distance += (means[c][v] - image[v]) * (means[c][v] - image[v]);
    }
    if (distance < best_distance) {
      best_distance = distance;
      best = c;
    }
  }
  return best;
}

TEST(SyntheticTest, TheNearestClassMeanRecognisesTheTestSet) {
  const DatasetPair pair = make_synthetic({});
  const auto means = class_means(pair.train);
  const auto values = static_cast<std::size_t>(pair.test.values_per_sample());
  int correct = 0;
  for (std::size_t i = 0; i < pair.test.labels.size(); ++i) {
    correct += nearest_class(means, &pair.test.images[i * values]) == pair.test.labels[i] ? 1 : 0;
  }
  EXPECT_GE(correct, 250) << "of " << pair.test.size();
}

TEST(SyntheticTest, SamplesOfAClassDifferAndTestIsNotTraining) {
  const DatasetPair pair = make_synthetic({});
  const auto values = static_cast<std::ptrdiff_t>(pair.train.values_per_sample());
  const auto& images = pair.train.images;
  EXPECT_EQ(pair.train.labels[0], pair.train.labels[10]);
  EXPECT_FALSE(std::equal(images.begin(), images.begin() + values, images.begin() + 10 * values));
  EXPECT_FALSE(std::equal(images.begin(), images.begin() + values, pair.test.images.begin()));
}

TEST(SyntheticTest, TheSeedDecidesTheBytes) {
  SyntheticOptions options;
  const DatasetPair first = make_synthetic(options);
  EXPECT_EQ(make_synthetic(options).train.images, first.train.images);
  options.seed = 2;
  EXPECT_NE(make_synthetic(options).train.images, first.train.images);
}

// Pinned, so that a change of the generator, or a machine on which it differs, is seen.
TEST(SyntheticTest, TheBytesAreTheSameOnEveryMachine) {
  const DatasetPair pair = make_synthetic({});
  const auto checksum = [](const std::vector<std::uint8_t>& bytes) {
    return crc32(0, bytes.data(), static_cast<uInt>(bytes.size()));
  };
  EXPECT_EQ(checksum(pair.train.images), 1528585312u);
  EXPECT_EQ(checksum(pair.test.images), 887022280u);
}

TEST(SyntheticTest, FollowsItsOptions) {
  SyntheticOptions options;
  options.train_samples = 7;
  options.test_samples = 3;
  options.channels = 3;
  options.height = 5;
  options.width = 6;
  options.classes = 4;
  const DatasetPair pair = make_synthetic(options);
  EXPECT_EQ(pair.train.labels, (std::vector<std::uint8_t>{0, 1, 2, 3, 0, 1, 2}));
  EXPECT_EQ(pair.train.images.size(), 7u * 90);
  EXPECT_EQ(pair.test.images.size(), 3u * 90);
  EXPECT_TRUE(pair.train.synthetic);
  EXPECT_NO_THROW(check_dataset(pair.train, "train"));
}

TEST(SyntheticTest, RefusesOptionsOutOfRange) {
  SyntheticOptions options;
  options.classes = 257;
  EXPECT_THROW(make_synthetic(options), ConfigError);
  options = {};
  options.train_samples = 0;
  EXPECT_THROW(make_synthetic(options), ConfigError);
  options = {};
  options.train_samples = std::int64_t{1} << 40;
  EXPECT_THROW(make_synthetic(options), ConfigError);
}

}  // namespace
}  // namespace acceptlab::data
