#include "app/testbed/shaping.h"

#include <gtest/gtest.h>

namespace acceptlab::testbed {
namespace {

using namespace literals;

constexpr Bytes kFrame{1514};     // a full packet as tc counts it
constexpr Bytes kEmulated{1502};  // and on the emulated link

TEST(Shaping, AFullPacketTakesAsLongAsOnTheEmulatedLink) {
  for (const BitsPerSecond rate : {2_Mbps, 100_Mbps, 1_Gbps}) {
    const Shaper shaper = shaper_of(rate, 1448);
    const Duration difference = kFrame / shaper.rate - kEmulated / rate;
    EXPECT_LE(std::abs(difference.count()), 10) << rate.count();
  }
}

TEST(Shaping, SegmentsOfAnotherSizeChangeTheShareOfHeaders) {
  EXPECT_GT(shaper_of(10_Mbps, 500).rate.count(), shaper_of(10_Mbps, 1448).rate.count());
  EXPECT_LT(shaper_of(10_Mbps, 8948).rate.count(), shaper_of(10_Mbps, 1448).rate.count());
}

TEST(Shaping, TheBurstIsAMillisecond) {
  EXPECT_EQ(shaper_of(2_Mbps, 1448).burst.count(), 251);
  EXPECT_EQ(shaper_of(100_Mbps, 1448).burst.count(), 12599);
}

TEST(Shaping, AddsAClassAndChangesItLater) {
  const Shaper shaper{BitsPerSecond(2'000'000), Bytes(1600)};
  EXPECT_EQ(add_shaper("to1", shaper, 0),
            "qdisc add dev to1 root handle 1: htb default 1\n"
            "class add dev to1 parent 1: classid 1:1 htb rate 2000000bit burst 1600b cburst 1600b "
            "quantum 60000\n");
  EXPECT_EQ(change_shaper("to1", shaper),
            "class change dev to1 parent 1: classid 1:1 htb rate 2000000bit burst 1600b cburst "
            "1600b quantum 60000\n");
}

TEST(Shaping, AFiniteQueueIsPutBehindTheClass) {
  EXPECT_NE(add_shaper("to1", {1_Mbps, 1600_B}, 50).find("parent 1:1 pfifo limit 50"),
            std::string::npos);
}

}  // namespace
}  // namespace acceptlab::testbed
