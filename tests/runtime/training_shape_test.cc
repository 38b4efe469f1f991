#include "runtime/training_shape.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "runtime/base/rng.h"

namespace acceptlab {
namespace {

constexpr Phase kPhases[] = {Phase::kTrain, Phase::kEvaluate};

BatchKey key_of(Phase phase, int batch, int micro) { return {phase, 0, batch, micro}; }

std::int64_t samples_of(const TrainingShape& shape, Phase phase) {
  return phase == Phase::kTrain ? shape.train_samples : shape.test_samples;
}

// Shapes with every relation of sizes: shorter last batch or none, more micro-batches than samples.
std::vector<TrainingShape> random_shapes() {
  Rng rng(1, "shapes");
  std::vector<TrainingShape> shapes;
  for (int i = 0; i < 500; ++i) {
    TrainingShape shape;
    shape.train_samples = static_cast<std::int64_t>(rng.below(400)) + 1;
    shape.test_samples = static_cast<std::int64_t>(rng.below(200));
    shape.batch_samples = static_cast<int>(rng.below(64)) + 1;
    shape.micro_batches = static_cast<int>(rng.below(12)) + 1;
    shape.evaluation_batch_samples = static_cast<int>(rng.below(100)) + 1;
    shapes.push_back(shape);
  }
  return shapes;
}

std::string describe(const TrainingShape& shape) {
  return std::to_string(shape.train_samples) + " + " + std::to_string(shape.test_samples) +
         " samples, batches of " + std::to_string(shape.batch_samples) + " in " +
         std::to_string(shape.micro_batches) + ", evaluated by " +
         std::to_string(shape.evaluation_batch_samples);
}

TEST(TrainingShape, MicroBatchesPartitionEachEpochInOrder) {
  for (const TrainingShape& shape : random_shapes()) {
    SCOPED_TRACE(describe(shape));
    for (const Phase phase : kPhases) {
      std::int64_t next = 0;
      for (int batch = 0; batch < shape.batches(phase); ++batch) {
        const std::int64_t batch_begin = next;
        for (int micro = 0; micro < shape.micro_batches_in(phase, batch); ++micro) {
          const BatchKey key = key_of(phase, batch, micro);
          ASSERT_EQ(shape.first_sample(key), next) << key;
          ASSERT_GT(shape.samples_in_micro(key), 0) << key;
          next += shape.samples_in_micro(key);
        }
        ASSERT_EQ(next - batch_begin, shape.samples_in_batch(phase, batch));
      }
      EXPECT_EQ(next, samples_of(shape, phase));
    }
  }
}

TEST(TrainingShape, OnlyTheLastBatchMayBeShorter) {
  for (const TrainingShape& shape : random_shapes()) {
    SCOPED_TRACE(describe(shape));
    const int batches = shape.batches(Phase::kTrain);
    for (int batch = 0; batch + 1 < batches; ++batch) {
      ASSERT_EQ(shape.samples_in_batch(Phase::kTrain, batch), shape.batch_samples);
    }
    const int last = shape.samples_in_batch(Phase::kTrain, batches - 1);
    EXPECT_TRUE(last >= 1 && last <= shape.batch_samples) << last;
  }
}

TEST(TrainingShape, MicroBatchesDifferByAtMostOneLargerOnesFirst) {
  for (const TrainingShape& shape : random_shapes()) {
    SCOPED_TRACE(describe(shape));
    for (int batch = 0; batch < shape.batches(Phase::kTrain); ++batch) {
      const int micros = shape.micro_batches_in(Phase::kTrain, batch);
      const int largest = shape.samples_in_micro(key_of(Phase::kTrain, batch, 0));
      int previous = largest;
      for (int micro = 1; micro < micros; ++micro) {
        const int samples = shape.samples_in_micro(key_of(Phase::kTrain, batch, micro));
        ASSERT_LE(samples, previous);
        ASSERT_GE(samples, largest - 1);
        previous = samples;
      }
    }
  }
}

TEST(TrainingShape, SplitsAsInTheWorkedExample) {
  TrainingShape shape;
  shape.train_samples = 25;
  shape.batch_samples = 10;
  shape.micro_batches = 4;
  EXPECT_EQ(shape.batches(Phase::kTrain), 3);
  EXPECT_EQ(shape.samples_in_batch(Phase::kTrain, 2), 5);
  std::vector<int> sizes;
  for (int micro = 0; micro < 4; ++micro) {
    sizes.push_back(shape.samples_in_micro(key_of(Phase::kTrain, 1, micro)));
  }
  EXPECT_EQ(sizes, (std::vector<int>{3, 3, 2, 2}));
  EXPECT_EQ(shape.first_sample(key_of(Phase::kTrain, 1, 3)), 18);
}

TEST(TrainingShape, AShortBatchHasFewerMicroBatches) {
  TrainingShape shape;
  shape.train_samples = 10;
  shape.batch_samples = 8;
  shape.micro_batches = 4;
  EXPECT_EQ(shape.micro_batches_in(Phase::kTrain, 0), 4);
  EXPECT_EQ(shape.micro_batches_in(Phase::kTrain, 1), 2);
}

TEST(TrainingShape, EvaluationIsNotSplitAndMayBeAbsent) {
  TrainingShape shape;
  shape.train_samples = 10;
  shape.micro_batches = 4;
  shape.test_samples = 1000;
  shape.evaluation_batch_samples = 300;
  EXPECT_EQ(shape.batches(Phase::kEvaluate), 4);
  EXPECT_EQ(shape.micro_batches_in(Phase::kEvaluate, 0), 1);
  EXPECT_EQ(shape.samples_in_micro(key_of(Phase::kEvaluate, 3, 0)), 100);
  shape.test_samples = 0;
  EXPECT_EQ(shape.batches(Phase::kEvaluate), 0);
}

TEST(TrainingShape, IndexesBeyond32BitsDoNotWrap) {
  TrainingShape shape;
  shape.train_samples = std::int64_t{1} << 40;
  shape.batch_samples = 1 << 20;
  EXPECT_EQ(shape.batches(Phase::kTrain), 1 << 20);
  EXPECT_EQ(shape.first_sample(key_of(Phase::kTrain, (1 << 20) - 1, 0)),
            (std::int64_t{1} << 40) - (1 << 20));
}

TEST(TrainingShapeDeathTest, BatchesThatDoNotExistBreakAnInvariant) {
  TrainingShape shape;
  shape.train_samples = 10;
  shape.batch_samples = 5;
  shape.micro_batches = 2;
  EXPECT_DEATH(shape.samples_in_batch(Phase::kTrain, 2), "invariant broken");
  EXPECT_DEATH(shape.samples_in_batch(Phase::kTrain, -1), "invariant broken");
  EXPECT_DEATH(shape.samples_in_micro(key_of(Phase::kTrain, 0, 2)), "invariant broken");
  EXPECT_DEATH(shape.first_sample(key_of(Phase::kTrain, 0, 2)), "invariant broken");
}

}  // namespace
}  // namespace acceptlab
