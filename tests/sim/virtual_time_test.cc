#include "sim/virtual_time.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace acceptlab::sim {
namespace {
using namespace literals;

TEST(VirtualTime, StartsAtZeroEachTime) {
  for (int i = 0; i < 2; ++i) {
    VirtualTime time;
    EXPECT_EQ(time.now(), TimePoint{});
    time.after(3s, [] {});
    time.run();
    EXPECT_EQ(time.now(), TimePoint{} + 3s);
  }
}

TEST(VirtualTime, RunsEventsByTimeThenByOrderOfScheduling) {
  VirtualTime time;
  std::string order;
  time.at(TimePoint{} + 2ms, [&] { order += 'c'; });
  time.at(TimePoint{} + 1ms, [&] { order += 'a'; });
  time.after(1ms, [&] { order += 'b'; });
  time.run();
  EXPECT_EQ(order, "abc");
}

TEST(VirtualTime, PostedEventsRunAtTheSameTimeAfterThoseAlreadyScheduled) {
  VirtualTime time;
  std::string order;
  time.after(1ms, [&] {
    time.post([&] {
      order += 'c';
      EXPECT_EQ(time.now(), TimePoint{} + 1ms);
    });
    order += 'a';
  });
  time.after(1ms, [&] { order += 'b'; });
  time.run();
  EXPECT_EQ(order, "abc");
}

TEST(VirtualTime, StopEndsTheRunAndRunGoesOn) {
  VirtualTime time;
  std::vector<TimePoint> seen;
  for (const auto delay : {1ms, 2ms, 3ms}) {
    time.after(delay, [&] {
      seen.push_back(time.now());
      if (time.now() == TimePoint{} + 2ms) time.stop();
    });
  }
  time.run();
  EXPECT_EQ(seen.size(), 2u);
  time.run();
  EXPECT_EQ(seen.size(), 3u);
}

TEST(VirtualTimeDeathTest, TwoAtOnceBreakAnInvariant) {
  VirtualTime time;
  EXPECT_DEATH(VirtualTime{}, "invariant broken");
}

TEST(VirtualTimeDeathTest, ThePastIsOutOfReach) {
  VirtualTime time;
  time.after(2ms, [] {});
  time.run();
  EXPECT_DEATH(time.at(TimePoint{} + 1ms, [] {}), "invariant broken");
}

}  // namespace
}  // namespace acceptlab::sim
