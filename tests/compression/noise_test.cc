#include "compression/noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

namespace acceptlab::compression {
namespace {

constexpr std::uint64_t kCount = std::uint64_t{1} << 18;

const NoiseKey kKey = noise_key(1, {2, 3});

// A chi-square statistic of 255 degrees of freedom, as a normal deviate (Wilson and Hilferty).
double deviate(const std::vector<int>& bins, double expected) {
  double chi_square = 0.0;
  for (const int count : bins) chi_square += (count - expected) * (count - expected) / expected;
  const double n = static_cast<double>(bins.size()) - 1;
  return (std::cbrt(chi_square / n) - (1 - 2 / (9 * n))) / std::sqrt(2 / (9 * n));
}

// Correlation of two rows of numbers, in standard deviations of what chance gives.
double correlation(NoiseKey a, NoiseKey b, std::uint64_t lag) {
  double sum = 0.0;
  for (std::uint64_t i = 0; i < kCount; ++i) {
    sum += (noise16(a, i) - 32767.5) * (noise16(b, i + lag) - 32767.5);
  }
  constexpr double kVariance = (65536.0 * 65536.0 - 1) / 12.0;
  return sum / (kVariance * std::sqrt(static_cast<double>(kCount)));
}

TEST(NoiseTest, EachByteSpreadsEvenly) {
  for (const int shift : {0, 1, 4, 8}) {
    std::vector<int> bins(256);
    for (std::uint64_t i = 0; i < 4 * kCount; ++i) ++bins[noise16(kKey, i) >> shift & 0xff];
    EXPECT_LT(std::fabs(deviate(bins, 4 * kCount / 256.0)), 4.0) << shift;
  }
}

TEST(NoiseTest, PairsOfNeighboursSpreadEvenly) {
  for (const std::uint64_t lag : {1, 16, 32, 48, 64}) {
    std::vector<int> bins(256);
    for (std::uint64_t i = 0; i < kCount; ++i) {
      ++bins[noise16(kKey, i) >> 12 << 4 | noise16(kKey, i + lag) >> 12];
    }
    EXPECT_LT(std::fabs(deviate(bins, kCount / 256.0)), 4.0) << lag;
  }
}

TEST(NoiseTest, TheMeanIsThatOfEvenNumbers) {
  double sum = 0.0;
  for (std::uint64_t i = 0; i < 8 * kCount; ++i) sum += noise16(kKey, i) - 32767.5;
  EXPECT_LT(std::fabs(sum) / (65536 / std::sqrt(12.0) * std::sqrt(8.0 * kCount)), 4.0);
}

TEST(NoiseTest, ValuesOfOneTensorAreUncorrelatedAtEveryLag) {
  for (const std::uint64_t lag : {1,  2,  3,  4,  7,   8,   15,  16,  17,  31,   32,   33,   47,
                                  48, 63, 64, 65, 255, 256, 257, 511, 512, 1024, 4096, 65536}) {
    EXPECT_LT(std::fabs(correlation(kKey, kKey, lag)), 4.5) << lag;
  }
}

TEST(NoiseTest, NeighboursInSeedStreamAndMessageAreUncorrelated) {
  for (const NoiseKey& other :
       {noise_key(2, {2, 3}), noise_key(0, {2, 3}), noise_key(1, {3, 3}), noise_key(1, {1, 3}),
        noise_key(1, {2, 4}), noise_key(1, {2, 2}), noise_key(1, {3, 2}), noise_key(2, {1, 3}),
        noise_key(std::uint64_t{1} << 63 | 1, {2, 3})}) {
    for (const std::uint64_t lag : {0, 1, 16, 64}) {
      EXPECT_LT(std::fabs(correlation(kKey, other, lag)), 4.5) << lag;
    }
  }
}

TEST(NoiseTest, KeysOfManyTensorsDiffer) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> keys;
  std::size_t count = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (std::uint64_t stream = 0; stream < 20; ++stream) {
      for (std::uint64_t message = 0; message < 200; ++message, ++count) {
        const NoiseKey key = noise_key(seed, {stream, message});
        keys.insert({key.start, key.mask});
      }
    }
  }
  EXPECT_EQ(keys.size(), count);
}

TEST(NoiseTest, TheEpochIsNotPartOfTheKey) {
  EXPECT_EQ(noise_key(1, {2, 3, 0}).start, noise_key(1, {2, 3, 9}).start);
  EXPECT_EQ(noise_key(1, {2, 3, 0}).mask, noise_key(1, {2, 3, 9}).mask);
}

// Eight values take halfwords of one word: two each of the rows of a quartet.
TEST(NoiseTest, AWordServesEightValues) {
  std::vector<int> uses(kCount / 8);
  for (std::uint64_t i = 0; i < kCount; ++i) ++uses[noise_source(i).counter];
  for (const int count : uses) ASSERT_EQ(count, 8);
  EXPECT_EQ(noise16(kKey, 0), noise_word(kKey, 0) & 0xffff);
  EXPECT_EQ(noise16(kKey, 1), noise_word(kKey, 0) >> 16);
  EXPECT_EQ(noise16(kKey, 256), noise_word(kKey, 2) & 0xffff);
  EXPECT_EQ(noise16(kKey, 512), noise_word(kKey, 64) & 0xffff);
}

// Values 16, 32 and 48 apart may share a halfword; that adds no more than 1e-4 to what chance
// gives.
TEST(NoiseTest, ValuesOfOneHalfwordAreUncorrelated) {
  const auto all = std::uint64_t{1} << 16;
  for (std::size_t a = 0; a < kNoiseFactor.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      double sum = 0.0;
      for (std::uint64_t x = 0; x < all; ++x) {
        sum +=
            ((x * kNoiseFactor[a] & 0xffff) - 32767.5) * ((x * kNoiseFactor[b] & 0xffff) - 32767.5);
      }
      EXPECT_LT(std::fabs(sum) / (65536.0 * (65536.0 * 65536.0 - 1) / 12.0), 1.1e-4) << a << b;
    }
  }
}

}  // namespace
}  // namespace acceptlab::compression
