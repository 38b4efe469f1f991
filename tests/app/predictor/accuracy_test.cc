#include "app/predictor/accuracy.h"

#include <gtest/gtest.h>

#include <cmath>

namespace acceptlab::app {
namespace {

TEST(Accuracy, CountsErrorsAsPartsOfWhatWasMeasured) {
  const Accuracy a = accuracy_of({104, 92, 200, 100}, {100, 100, 100, 100});
  EXPECT_NEAR(a.mape_percent, (4.0 + 8.0 + 100.0 + 0.0) / 4.0, 1e-9);
  EXPECT_NEAR(a.within_5_percent, 50.0, 1e-9);
  EXPECT_NEAR(a.within_10_percent, 75.0, 1e-9);
  EXPECT_NEAR(a.worst_percent, 100.0, 1e-9);
}

TEST(Accuracy, RanksByOrderAlone) {
  EXPECT_NEAR(accuracy_of({1, 10, 100}, {1, 2, 3}).spearman, 1.0, 1e-12);
  EXPECT_NEAR(accuracy_of({3, 2, 1}, {1, 2, 3}).spearman, -1.0, 1e-12);
  // Ranks 1, 2.5, 2.5 against 1, 2, 3: covariance 1.5, variances 1.5 and 2.
  EXPECT_NEAR(accuracy_of({1, 5, 5}, {1, 2, 3}).spearman, 1.5 / std::sqrt(3.0), 1e-12);
  EXPECT_EQ(accuracy_of({7, 7}, {1, 2}).spearman, 0.0);
}

TEST(Accuracy, MeanKeepsTheWorstOfAll) {
  const Accuracy mean = mean_of({accuracy_of({110}, {100}), accuracy_of({150}, {100})});
  EXPECT_NEAR(mean.mape_percent, 30.0, 1e-9);
  EXPECT_NEAR(mean.worst_percent, 50.0, 1e-9);
}

}  // namespace
}  // namespace acceptlab::app
