#include "runtime/data/dataset_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace acceptlab::data {
namespace {

// Sample i has the bytes {i, i + 100} and the label i.
Dataset counted(int samples) {
  Dataset set;
  set.channels = 1;
  set.height = 1;
  set.width = 2;
  set.classes = 64;
  for (int i = 0; i < samples; ++i) {
    set.labels.push_back(static_cast<std::uint8_t>(i));
    set.images.push_back(static_cast<std::uint8_t>(i));
    set.images.push_back(static_cast<std::uint8_t>(i + 100));
  }
  return set;
}

TrainingShape shape_of(const DatasetPair& pair) {
  TrainingShape shape;
  shape.train_samples = pair.train.size();
  shape.test_samples = pair.test.size();
  shape.batch_samples = 8;
  shape.micro_batches = 3;
  shape.evaluation_batch_samples = 4;
  return shape;
}

// All labels of an epoch, in order; checks that every image belongs to its label.
std::vector<std::uint8_t> labels_of_epoch(BatchSource& source, const TrainingShape& shape,
                                          Phase phase, int epoch) {
  std::vector<std::uint8_t> all;
  for (int batch = 0; batch < shape.batches(phase); ++batch) {
    for (int micro = 0; micro < shape.micro_batches_in(phase, batch); ++micro) {
      const BatchKey key{phase, epoch, batch, micro};
      const Payload labels = source.labels(key);
      const Payload inputs = source.inputs(key);
      EXPECT_EQ(inputs.size().count(), 2 * labels.size().count()) << key;
      for (std::size_t i = 0; i < labels.bytes().size(); ++i) {
        EXPECT_EQ(inputs.bytes()[2 * i], labels.bytes()[i]) << key;
        EXPECT_EQ(inputs.bytes()[2 * i + 1], labels.bytes()[i] + 100) << key;
        all.push_back(labels.bytes()[i]);
      }
    }
  }
  return all;
}

class DatasetSourceTest : public ::testing::Test {
 protected:
  const DatasetPair pair_{counted(45), counted(10)};
  const TrainingShape shape_ = shape_of(pair_);
  DatasetSource source_{pair_, shape_, 1};
};

TEST_F(DatasetSourceTest, AnEpochServesEverySampleOnce) {
  std::vector<std::uint8_t> labels = labels_of_epoch(source_, shape_, Phase::kTrain, 0);
  EXPECT_NE(labels, pair_.train.labels);
  std::sort(labels.begin(), labels.end());
  EXPECT_EQ(labels, pair_.train.labels);
}

TEST_F(DatasetSourceTest, EvaluationIsInTheOrderOfTheFile) {
  EXPECT_EQ(labels_of_epoch(source_, shape_, Phase::kEvaluate, 3), pair_.test.labels);
}

TEST_F(DatasetSourceTest, TheOrderDependsOnEpochAndSeedAndNothingElse) {
  const auto first = labels_of_epoch(source_, shape_, Phase::kTrain, 0);
  const auto second = labels_of_epoch(source_, shape_, Phase::kTrain, 1);
  EXPECT_NE(first, second);
  EXPECT_EQ(labels_of_epoch(source_, shape_, Phase::kTrain, 0), first);
  DatasetSource other_seed(pair_, shape_, 2);
  EXPECT_NE(labels_of_epoch(other_seed, shape_, Phase::kTrain, 0), first);
  TrainingShape other_shape = shape_;
  other_shape.batch_samples = 5;
  other_shape.micro_batches = 1;
  DatasetSource same_seed(pair_, other_shape, 1);
  EXPECT_EQ(labels_of_epoch(same_seed, other_shape, Phase::kTrain, 1), second);
}

TEST_F(DatasetSourceTest, AShorterShapeUsesTheFirstSamples) {
  TrainingShape shape = shape_;
  shape.train_samples = 5;
  shape.test_samples = 2;
  DatasetSource source(pair_, shape, 1);
  auto labels = labels_of_epoch(source, shape, Phase::kTrain, 0);
  std::sort(labels.begin(), labels.end());
  EXPECT_EQ(labels, (std::vector<std::uint8_t>{0, 1, 2, 3, 4}));
  EXPECT_EQ(labels_of_epoch(source, shape, Phase::kEvaluate, 0), (std::vector<std::uint8_t>{0, 1}));
}

TEST(EpochOrderTest, AllOrdersOfFourComeUpEquallyOften) {
  std::map<std::vector<std::int64_t>, int> seen;
  constexpr int kEpochs = 24000;
  for (int epoch = 0; epoch < kEpochs; ++epoch) ++seen[epoch_order(4, 7, epoch)];
  EXPECT_EQ(seen.size(), 24u);
  double chi_square = 0.0;
  for (const auto& [order, count] : seen) chi_square += (count - 1000.0) * (count - 1000.0) / 1000;
  EXPECT_LT(chi_square, 49.7);  // 23 degrees of freedom: exceeded with probability 0.001
}

TEST(EpochOrderTest, HandlesNothingAndOne) {
  EXPECT_TRUE(epoch_order(0, 1, 0).empty());
  EXPECT_EQ(epoch_order(1, 1, 0), (std::vector<std::int64_t>{0}));
}

TEST(SizedSourceTest, HasTheSizesOfTheDatasetSourceAndNoBytes) {
  const DatasetPair pair{counted(45), counted(10)};
  const TrainingShape shape = shape_of(pair);
  DatasetSource real(pair, shape, 1);
  SizedSource sized(shape, Bytes(2));
  for (const BatchKey key : {BatchKey{Phase::kTrain, 0, 0, 0}, BatchKey{Phase::kTrain, 0, 5, 2},
                             BatchKey{Phase::kEvaluate, 0, 2, 0}}) {
    EXPECT_EQ(sized.inputs(key).size().count(), real.inputs(key).size().count()) << key;
    EXPECT_EQ(sized.labels(key).size().count(), real.labels(key).size().count()) << key;
    EXPECT_FALSE(sized.inputs(key).has_bytes());
    EXPECT_FALSE(sized.labels(key).has_bytes());
  }
}

}  // namespace
}  // namespace acceptlab::data
