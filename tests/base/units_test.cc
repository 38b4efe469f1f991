#include "runtime/base/units.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "runtime/base/rng.h"

namespace acceptlab {
namespace {

using namespace literals;

TEST(Units, LiteralsScaleAsTheirNamesSay) {
  EXPECT_EQ((5_B).count(), 5);
  EXPECT_EQ((3_KiB).count(), 3 * 1024);
  EXPECT_EQ((3_MiB).count(), 3 * 1024 * 1024);
  EXPECT_EQ((7_kbps).count(), 7'000);
  EXPECT_EQ((7_Mbps).count(), 7'000'000);
  EXPECT_EQ((7_Gbps).count(), 7'000'000'000);
}

TEST(Units, TransferTimeIsBitsOverRate) {
  EXPECT_EQ(125'000_B / 1_Mbps, 1s);
  EXPECT_EQ(1500_B / 10_Mbps, 1'200us);
  EXPECT_EQ(0_B / 1_Mbps, 0ns);
}

TEST(Units, TransferTimeRoundsUp) {
  EXPECT_EQ(1_B / BitsPerSecond(3), 2'666'666'667ns);
  EXPECT_EQ(1_B / 9_Gbps, 1ns);
}

TEST(Units, TransferTimeSurvivesWhatLeaves64Bits) {
  // bytes * 8 * 10^9 passes 2^63 at 1.153 GB.
  const Bytes last_safe((std::numeric_limits<std::int64_t>::max)() / 8'000'000'000);
  EXPECT_EQ(Bytes(last_safe.count() + 1) / BitsPerSecond(8),
            Duration((last_safe.count() + 1) * 1'000'000'000));
  EXPECT_EQ(Bytes(1'150'000'000) / 1_Gbps, 9'200ms);
  EXPECT_EQ(Bytes(1'000'000'000'000) / 10_Gbps, 800s);
}

TEST(Units, WhatPassesRoundsDown) {
  EXPECT_EQ(1_Mbps * 1s, 125'000_B);
  EXPECT_EQ(1_Mbps * 7'999ns, 0_B);
  EXPECT_EQ(1_Mbps * 8us, 1_B);
  EXPECT_EQ(100_Gbps * 3'600s, Bytes(45'000'000'000'000));
}

TEST(Units, TransferTimeIsTheLeastInWhichTheSizePasses) {
  Rng rng(1, "units");
  for (int i = 0; i < 10'000; ++i) {
    const Bytes size(static_cast<std::int64_t>(rng.below(std::uint64_t{1} << rng.below(40))) + 1);
    const BitsPerSecond rate(static_cast<std::int64_t>(rng.below(10'000'000'000)) + 1'000);
    const Duration time = size / rate;
    ASSERT_GE(rate * time, size) << size.count() << " B at " << rate.count() << " bit/s";
    ASSERT_LT(rate * (time - 1ns), size) << size.count() << " B at " << rate.count() << " bit/s";
  }
}

TEST(Units, BytesAddSubtractAndScale) {
  Bytes size = 10_B;
  size += 5_B;
  EXPECT_EQ(size, 15_B);
  size -= 20_B;
  EXPECT_EQ(size, Bytes(-5));
  EXPECT_EQ(3_B + 4_B, 7_B);
  EXPECT_EQ(3_B - 4_B, Bytes(-1));
  EXPECT_EQ(3_KiB * 4, 12_KiB);
}

TEST(Units, OrderIsThatOfTheCounts) {
  EXPECT_TRUE(1_B < 2_B && 1_B <= 1_B && 2_B > 1_B && 2_B >= 2_B && 1_B != 2_B);
  EXPECT_FALSE(2_B < 1_B || 2_B <= 1_B || 1_B > 2_B || 1_B >= 2_B || 1_B == 2_B);
  EXPECT_TRUE(1_kbps < 2_kbps && 1_kbps <= 1_kbps && 2_kbps > 1_kbps && 1_kbps != 2_kbps);
  EXPECT_FALSE(2_kbps < 1_kbps || 2_kbps <= 1_kbps || 1_kbps > 2_kbps || 1_kbps == 2_kbps);
}

TEST(Units, SecondsRoundToTheNearestNanosecondOnBothSidesOfZero) {
  EXPECT_EQ(from_seconds(1.5), 1'500ms);
  EXPECT_EQ(from_seconds(1.4e-9), 1ns);
  EXPECT_EQ(from_seconds(1.6e-9), 2ns);
  EXPECT_EQ(from_seconds(-1.4e-9), -1ns);
  EXPECT_EQ(from_seconds(-1.6e-9), -2ns);
  EXPECT_EQ(from_milliseconds(0.25), 250us);
}

TEST(Units, NumbersComeBackFromTheirUnits) {
  EXPECT_DOUBLE_EQ(to_seconds(1'500ms), 1.5);
  EXPECT_DOUBLE_EQ(to_milliseconds(250us), 0.25);
  EXPECT_DOUBLE_EQ(to_seconds(TimePoint{} + 3s), 3.0);
  EXPECT_DOUBLE_EQ(to_megabits_per_second(2'500_kbps), 2.5);
  EXPECT_EQ(from_megabits_per_second(2.5), 2'500_kbps);
  EXPECT_EQ(from_megabits_per_second(0.1), 100_kbps);
}

TEST(Units, ArithmeticIsDoneByTheCompilerWhereItCan) {
  static_assert(1_KiB / 8_Mbps == 1'024us);
  static_assert(8_Mbps * 1ms == 1'000_B);
  static_assert(sizeof(Bytes) == 8 && sizeof(BitsPerSecond) == 8 && sizeof(TimePoint) == 8);
}

}  // namespace
}  // namespace acceptlab
