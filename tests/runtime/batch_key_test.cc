#include "runtime/batch_key.h"

#include <gtest/gtest.h>

#include <sstream>
#include <vector>

namespace acceptlab {
namespace {

TEST(BatchKey, OrderIsThatOfARun) {
  const std::vector<BatchKey> run = {
      {Phase::kTrain, 0, 0, 0}, {Phase::kTrain, 0, 0, 1},    {Phase::kTrain, 0, 1, 0},
      {Phase::kTrain, 0, 9, 3}, {Phase::kEvaluate, 0, 0, 0}, {Phase::kEvaluate, 0, 1, 0},
      {Phase::kTrain, 1, 0, 0}, {Phase::kEvaluate, 1, 0, 0},
  };
  for (std::size_t i = 0; i < run.size(); ++i) {
    for (std::size_t j = 0; j < run.size(); ++j) {
      EXPECT_EQ(run[i] < run[j], i < j) << run[i] << ", " << run[j];
      EXPECT_EQ(run[i] == run[j], i == j) << run[i] << ", " << run[j];
    }
  }
}

TEST(BatchKey, PrintsEveryField) {
  std::ostringstream out;
  out << BatchKey{Phase::kEvaluate, 1, 2, 3};
  EXPECT_EQ(out.str(), "evaluate epoch 1 batch 2 micro 3");
}

}  // namespace
}  // namespace acceptlab
