#include "app/tensor_difference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace acceptlab::app {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

using Values = std::vector<float>;

TEST(TensorDifference, OfEqualTensorsIsNothing) {
  const TensorDifference d = compare_tensors(Values{1, -2, 0}, Values{1, -2, -0.0F});
  EXPECT_TRUE(d.equal());
  EXPECT_EQ(d.values, 3u);
  EXPECT_EQ(d.snr_db, kInfinity);
  EXPECT_EQ(d.relative_l2_error, 0.0);
  EXPECT_EQ(d.max_abs_error, 0.0);
}

TEST(TensorDifference, IsThatOfTheClosedForms) {
  // Errors 0.5, -1, 0, 1 over a reference of power 4 + 16 + 1 + 4 = 25.
  const TensorDifference d = compare_tensors(Values{2, 4, -1, -2}, Values{2.5F, 3, -1, -1});
  EXPECT_FALSE(d.equal());
  EXPECT_DOUBLE_EQ(d.snr_db, 10.0 * std::log10(25.0 / 2.25));
  EXPECT_DOUBLE_EQ(d.relative_l2_error, 0.3);
  EXPECT_DOUBLE_EQ(d.max_abs_error, 1.0);
  EXPECT_EQ(d.max_abs_error_index, 1u);  // the first of two
  EXPECT_DOUBLE_EQ(d.mean_error, 0.125);
  EXPECT_DOUBLE_EQ(d.mean_abs_error, 0.625);
}

TEST(TensorDifference, FromAReferenceOfZerosIsInfinite) {
  const TensorDifference d = compare_tensors(Values{0, 0}, Values{0, 1});
  EXPECT_EQ(d.relative_l2_error, kInfinity);
  EXPECT_EQ(d.snr_db, -kInfinity);
  EXPECT_EQ(d.mean_error, 0.5);
}

TEST(TensorDifference, LeavesOutAndCountsWhatIsNotFinite) {
  const TensorDifference d =
      compare_tensors(Values{3, kNan, kInfinity, 4, 1}, Values{3, 1, kInfinity, 4.5F, kNan});
  EXPECT_EQ(d.values, 5u);
  EXPECT_EQ(d.not_finite_values, 3u);
  EXPECT_EQ(d.not_finite_index, 1u);
  EXPECT_FALSE(d.equal());
  EXPECT_DOUBLE_EQ(d.relative_l2_error, 0.1);
  EXPECT_DOUBLE_EQ(d.mean_error, 0.25);
  EXPECT_EQ(d.max_abs_error_index, 3u);
}

TEST(TensorDifference, OfNoValuesIsNothing) {
  const TensorDifference d = compare_tensors({}, {});
  EXPECT_TRUE(d.equal());
  EXPECT_EQ(d.mean_error, 0.0);
}

TEST(TensorDifference, LargestValuesDoNotOverflow) {
  const float largest = std::numeric_limits<float>::max();
  const TensorDifference d = compare_tensors(Values{largest, -largest}, Values{-largest, -largest});
  EXPECT_EQ(d.not_finite_values, 0u);
  EXPECT_DOUBLE_EQ(d.max_abs_error, 2.0 * static_cast<double>(largest));
  EXPECT_DOUBLE_EQ(d.relative_l2_error, std::sqrt(2.0));
}

}  // namespace
}  // namespace acceptlab::app
