#include "compression/group_math.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "runtime/base/rng.h"

// The scales of mbq. Those of uniform and suq: uniform_scale_test.cc.
namespace acceptlab::compression {
namespace {

// Values and the signs of their planes: sign[i][j] of plane i at value j.
struct Problem {
  std::vector<float> residual;
  std::vector<std::vector<int>> sign;
};

Problem random_problem(int planes, std::size_t count, std::uint64_t seed) {
  Rng rng(seed, "planes");
  Problem problem;
  problem.sign.assign(static_cast<std::size_t>(planes), std::vector<int>(count));
  for (std::size_t j = 0; j < count; ++j) {
    double value = rng.normal() * 0.1;
    for (std::size_t i = 0; i < problem.sign.size(); ++i) {
      problem.sign[i][j] = rng.below(2) == 0 ? -1 : 1;
      value += problem.sign[i][j] * std::ldexp(1.0, -static_cast<int>(i));
    }
    problem.residual.push_back(static_cast<float>(value));
  }
  return problem;
}

PlaneProducts products_of(const Problem& problem) {
  PlaneProducts products;
  products.count = problem.residual.size();
  std::vector<double> turned(problem.sign.size());
  for (std::size_t j = 0; j < products.count; ++j) {
    for (std::size_t i = 0; i < problem.sign.size(); ++i) {
      turned[i] -= problem.sign[i][j] * problem.residual[j];
      for (std::size_t k = 0; k < i; ++k) {
        products.differing[i][k] += problem.sign[i][j] != problem.sign[k][j] ? 1 : 0;
      }
    }
  }
  for (std::size_t i = 0; i < turned.size(); ++i) {
    products.turned_sum[i] = static_cast<float>(turned[i]);
  }
  return products;
}

double square_error(const Problem& problem, const std::vector<double>& alpha) {
  double error = 0.0;
  for (std::size_t j = 0; j < problem.residual.size(); ++j) {
    double rest = problem.residual[j];
    for (std::size_t i = 0; i < alpha.size(); ++i) rest -= alpha[i] * problem.sign[i][j];
    error += rest * rest;
  }
  return error;
}

// Least squares one plane at a time, over and over: no matrix.
std::vector<double> solved_by_descent(const Problem& problem) {
  const auto n = static_cast<double>(problem.residual.size());
  std::vector<double> alpha(problem.sign.size());
  std::vector<double> rest(problem.residual.begin(), problem.residual.end());
  for (int round = 0; round < 2000; ++round) {
    for (std::size_t i = 0; i < alpha.size(); ++i) {
      double product = 0.0;
      for (std::size_t j = 0; j < rest.size(); ++j) product += rest[j] * problem.sign[i][j];
      alpha[i] += product / n;
      for (std::size_t j = 0; j < rest.size(); ++j) rest[j] -= product / n * problem.sign[i][j];
    }
  }
  return alpha;
}

std::vector<double> fitted(const Problem& problem, float start = 0.0F) {
  const auto planes = static_cast<int>(problem.sign.size());
  PlaneScales scales;
  scales.alpha.fill(start);
  fit_alphas(products_of(problem), planes, scales);
  return {scales.alpha.begin(), scales.alpha.begin() + planes};
}

TEST(FitAlphasTest, EqualLeastSquaresSolvedOtherwise) {
  for (int planes = 1; planes <= kMaxBits; ++planes) {
    for (const std::size_t count : {40, 300}) {
      const Problem problem = random_problem(planes, count, static_cast<std::uint64_t>(planes));
      const std::vector<double> alpha = fitted(problem);
      const std::vector<double> expected = solved_by_descent(problem);
      for (std::size_t i = 0; i < alpha.size(); ++i) {
        // Float32 sums came in, float32 scales come out.
        EXPECT_NEAR(alpha[i], expected[i], 2e-5) << planes << " planes, " << count << " values";
      }
    }
  }
}

TEST(FitAlphasTest, NoOtherScalesNearbyAreBetter) {
  const Problem problem = random_problem(4, 100, 5);
  const std::vector<double> alpha = fitted(problem);
  for (std::size_t i = 0; i < alpha.size(); ++i) {
    for (const double change : {-1e-3, 1e-3}) {
      std::vector<double> other = alpha;
      other[i] += change;
      EXPECT_GT(square_error(problem, other), square_error(problem, alpha));
    }
  }
}

TEST(FitAlphasTest, KeepTheStartWhereAScaleWouldBeNegative) {
  Problem problem = random_problem(3, 100, 6);
  for (int& sign : problem.sign[1]) sign = -sign;
  EXPECT_EQ(fitted(problem, 0.125F), (std::vector<double>{0.125, 0.125, 0.125}));
}

// Where the planes do not determine the scales, the fit may keep them or do better, but it never
// makes the error larger.
TEST(FitAlphasTest, NeverMakeSingularPlanesWorse) {
  for (int planes = 2; planes <= kMaxBits; ++planes) {
    for (const std::size_t count : {1, 2, 3, 64}) {
      Problem problem = random_problem(planes, count, static_cast<std::uint64_t>(planes));
      problem.sign[1] = problem.sign[0];
      const std::vector<double> alpha = fitted(problem, 0.5F);
      const std::vector<double> start(static_cast<std::size_t>(planes), 0.5);
      EXPECT_LE(square_error(problem, alpha), square_error(problem, start) * (1 + 1e-6));
      for (const double a : alpha) EXPECT_TRUE(std::isfinite(a) && a >= 0.0);
    }
  }
}

TEST(FitAlphasTest, AnOppositePlaneIsSingularToo) {
  Problem problem = random_problem(2, 64, 3);
  for (std::size_t j = 0; j < 64; ++j) problem.sign[1][j] = -problem.sign[0][j];
  for (const double a : fitted(problem, 0.5F)) EXPECT_TRUE(std::isfinite(a) && a >= 0.0);
}

TEST(ClipScaleTest, NeverGoesBeyondTheLargestMagnitude) {
  for (int bits = 1; bits <= kMaxBits; ++bits) {
    for (const bool offset : {false, true}) {
      EXPECT_EQ(clip_scale(100.0F, 100.0F, 0.5F, 100, bits, offset).clip, 0.5F);
      const ClipScale cut = clip_scale(100.0F, 100.0F, 1000.0F, 100, bits, offset);
      EXPECT_GE(cut.clip, 2.0F);  // root mean square and mean magnitude are 1
      EXPECT_LE(cut.clip, 12.0F);
    }
  }
}

TEST(ClipScaleTest, FillsTheRangeOfAnInteger) {
  const ClipScale scale = clip_scale(100.0F, 100.0F, 1000.0F, 100, 4, false);
  EXPECT_FLOAT_EQ(scale.clip * scale.scale, 0x1.0p31F);
}

TEST(ClipScaleTest, ResidualsBelowTheSmallestRangeCountAsZero) {
  const ClipScale scale =
      clip_scale(1e-36F, 0.0F, std::numeric_limits<float>::denorm_min(), 10, 4, true);
  EXPECT_EQ(scale.clip, 0.0F);
  EXPECT_EQ(scale.scale, 0.0F);
}

TEST(ClipScaleTest, IsFiniteForTheSmallestRange) {
  const ClipScale scale = clip_scale(10 * kMinRange, 0.0F, kMinRange, 10, 4, true);
  EXPECT_GT(scale.scale, 0.0F);
  EXPECT_TRUE(std::isfinite(scale.scale));
}

TEST(FixedScaleTest, IsThePowerOfTwoThatKeepsTheLargestWithin) {
  EXPECT_EQ(fixed_scale(1.0F), 4096.0F);
  EXPECT_EQ(fixed_scale(8191.0F), 1.0F);
  EXPECT_EQ(fixed_scale(8191.5F), 0.5F) << "would round to 8192";
  EXPECT_EQ(fixed_scale(kMaxMagnitude), 0x1.0p-88F);
  EXPECT_EQ(fixed_scale(kMinRange), 0x1.0p112F);
  EXPECT_EQ(fixed_scale(0x1.0p-149F), 0x1.0p112F);
}

TEST(FixedMeanTest, IsTheMeanAndItsNearestInteger) {
  EXPECT_EQ(fixed_mean(10, 4, 2.0F).alpha, 1.25F);
  EXPECT_EQ(fixed_mean(10, 4, 2.0F).fixed, 3);
  EXPECT_EQ(fixed_mean(0, 4, 2.0F).alpha, 0.0F);
}

TEST(SetStartTest, HalvesTheClipFromPlaneToPlane) {
  PlaneScales scales;
  set_start({8.0F, 0.0F}, 3, scales);
  EXPECT_EQ(scales.alpha[0], 4.0F);
  EXPECT_EQ(scales.alpha[1], 2.0F);
  EXPECT_EQ(scales.alpha[2], 1.0F);
  EXPECT_EQ(scales.alpha[3], 0.0F);
}

// FORMAT.md, written as one loop.
float level_of_the_page(const PlaneScales& scales, unsigned code, int bits) {
  float first = scales.offset;
  float second = 0.0F;
  for (int i = 0; i < bits; ++i) {
    const float alpha = scales.alpha[static_cast<std::size_t>(i)];
    float& sum = i < 4 ? first : second;
    sum = (code >> i & 1) != 0 ? sum + alpha : sum - alpha;
  }
  return bits <= 4 ? first : first + second;
}

TEST(PlaneLevelsTest, AreTheSumsOfThePage) {
  Rng rng(1, "levels");
  for (int bits = 1; bits <= kMaxBits; ++bits) {
    PlaneScales scales;
    scales.offset = static_cast<float>(rng.normal());
    for (int i = 0; i < bits; ++i) {
      scales.alpha[static_cast<std::size_t>(i)] = static_cast<float>(rng.uniform());
    }
    const PlaneLevels levels = plane_levels(scales, bits);
    for (unsigned code = 0; code < 1U << bits; ++code) {
      ASSERT_EQ(levels.at(code, bits), level_of_the_page(scales, code, bits)) << bits;
    }
  }
}

TEST(PlausiblePlanesTest, NegativeInfiniteOrHugeScalesAreNot) {
  const float half = std::numeric_limits<float>::max() / 2;
  EXPECT_TRUE(plausible(PlaneScales{-4.0F, {1.0F, 0.0F}}, 2));
  EXPECT_TRUE(plausible(PlaneScales{-half, {}}, 2));
  EXPECT_TRUE(plausible(PlaneScales{0.0F, {-0.0F}}, 1));
  EXPECT_TRUE(plausible(PlaneScales{0.0F, {1.0F, -1.0F}}, 1)) << "only as many as there are bits";
  EXPECT_FALSE(plausible(PlaneScales{0.0F, {1.0F, -1e-30F}}, 2));
  EXPECT_FALSE(plausible(PlaneScales{-half, {half / 2, half / 2}}, 2));
  EXPECT_FALSE(plausible(PlaneScales{0.0F, {half, half}}, 2));
  for (const float bad : {NAN, -NAN, INFINITY, -INFINITY}) {
    EXPECT_FALSE(plausible(PlaneScales{bad, {1.0F}}, 1));
    EXPECT_FALSE(plausible(PlaneScales{0.0F, {1.0F, bad}}, 2));
  }
}

}  // namespace
}  // namespace acceptlab::compression
