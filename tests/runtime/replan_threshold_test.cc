#include "runtime/replan_threshold.h"

#include <gtest/gtest.h>

namespace acceptlab {
namespace {

using namespace literals;  // NOLINT(google-build-using-namespace): units

// 20 ms a batch gained for one move of 300 ms: pays for itself after 15 batches.
constexpr ReplanThreshold kThreshold{0.1, 2.0};
bool worth(std::int64_t batches_left) { return kThreshold.worth(100ms, 80ms, 300ms, batches_left); }

TEST(ReplanThresholdTest, TheGainUntilTheEndMustExceedTheCostSoManyTimes) {
  EXPECT_FALSE(worth(0));
  EXPECT_FALSE(worth(15));
  EXPECT_FALSE(worth(30));  // 600 ms against 2 * 300 ms: not more
  EXPECT_TRUE(worth(31));
}

TEST(ReplanThresholdTest, ASmallGainIsNotWorthItHoweverLongItLasts) {
  EXPECT_FALSE(kThreshold.worth(100ms, 90ms + 1ns, 0ms, 1'000'000'000));
  EXPECT_TRUE(kThreshold.worth(100ms, 90ms, 0ms, 1));
}

TEST(ReplanThresholdTest, NeitherEqualNorSlowerPlansAreWorthIt) {
  constexpr ReplanThreshold kEager{0.0, 1.0};
  EXPECT_FALSE(kEager.worth(100ms, 100ms, 0ms, 1000));
  EXPECT_FALSE(kEager.worth(100ms, 101ms, 0ms, 1000));
  EXPECT_TRUE(kEager.worth(100ms, 100ms - 1ns, 0ms, 1000));
}

TEST(ReplanThresholdTest, ManyBatchesAndLongTimesDoNotOverflow) {
  EXPECT_TRUE(kThreshold.worth(7200s, 3600s, 3600s, 1'000'000'000'000));
}

}  // namespace
}  // namespace acceptlab
