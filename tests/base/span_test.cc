#include "runtime/base/span.h"

#include <gtest/gtest.h>

#include <numeric>
#include <type_traits>
#include <vector>

namespace acceptlab {
namespace {

TEST(Span, SeesTheVectorItBorrows) {
  std::vector<int> values = {1, 2, 3};
  const Span<int> span = values;
  span[1] = 20;
  EXPECT_EQ(values[1], 20);
  EXPECT_EQ(span.size(), 3u);
  EXPECT_EQ(span.data(), values.data());
  EXPECT_EQ(std::accumulate(span.begin(), span.end(), 0), 24);
}

TEST(Span, IsEmptyByDefault) {
  const Span<const float> span;
  EXPECT_TRUE(span.empty());
  EXPECT_EQ(span.begin(), span.end());
}

TEST(Span, ConvertsToConstAndNotBack) {
  std::vector<int> values = {1, 2};
  const Span<int> writable = values;
  const Span<const int> view = writable;
  EXPECT_EQ(view.data(), values.data());
  EXPECT_EQ(view.size(), 2u);
  static_assert(!std::is_convertible_v<Span<const int>, Span<int>>);
  static_assert(!std::is_convertible_v<const std::vector<int>&, Span<int>>);
}

TEST(Span, SubspanBorrowsTheMiddle) {
  std::vector<int> values = {0, 1, 2, 3, 4};
  const Span<int> middle = Span<int>(values).subspan(1, 3);
  EXPECT_EQ(middle.size(), 3u);
  EXPECT_EQ(middle.data(), values.data() + 1);
  EXPECT_TRUE(Span<int>(values).subspan(5, 0).empty());
  EXPECT_EQ(Span<int>(values).subspan(0, 5).size(), 5u);
}

TEST(SpanDeathTest, SubspanBeyondTheEndBreaksAnInvariant) {
  std::vector<int> values = {0, 1, 2};
  const Span<int> span = values;
  EXPECT_DEATH(span.subspan(1, 3), "span.h.*invariant broken");
  EXPECT_DEATH(span.subspan(4, 0), "invariant broken");
  // offset + count wraps around to 1.
  EXPECT_DEATH(span.subspan(2, static_cast<std::size_t>(-1)), "invariant broken");
}

}  // namespace
}  // namespace acceptlab
