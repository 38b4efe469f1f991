#include "runtime/base/suggest.h"

#include <gtest/gtest.h>

namespace acceptlab {
namespace {

TEST(Suggest, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0);
  EXPECT_EQ(edit_distance("", "abc"), 3);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3);
  EXPECT_EQ(edit_distance("seed", "sede"), 1);  // a swap of neighbours is one slip
}

TEST(Suggest, FindsTheNearestWord) {
  EXPECT_EQ(nearest("bandwith", {"delay_ms", "bandwidth", "width"}), "bandwidth");
  EXPECT_EQ(hint("bandwith", {"bandwidth"}), "; did you mean 'bandwidth'?");
}

TEST(Suggest, IsSilentWhereNothingIsNear) {
  EXPECT_EQ(nearest("zzzzzz", {"delay_ms", "bandwidth"}), "");
  EXPECT_EQ(nearest("dp", {"xy", "ab"}), "");
  EXPECT_EQ(hint("zzzzzz", {}), "");
}

}  // namespace
}  // namespace acceptlab
