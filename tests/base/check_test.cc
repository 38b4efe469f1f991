#include "runtime/base/check.h"

#include <gtest/gtest.h>

namespace acceptlab {
namespace {

TEST(Check, EvaluatesItsConditionOnce) {
  int evaluated = 0;
  ACCEPTLAB_CHECK(++evaluated == 1);
  EXPECT_EQ(evaluated, 1);
}

TEST(CheckDeathTest, NamesPlaceAndConditionInEveryBuild) {
  const int stages = 0;
  EXPECT_DEATH(ACCEPTLAB_CHECK(stages > 0), "check_test.cc:[0-9]+: invariant broken: stages > 0");
}

}  // namespace
}  // namespace acceptlab
