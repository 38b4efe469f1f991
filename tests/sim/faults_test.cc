#include "sim/faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/dropped_bandwidth.h"
#include "sim/step_bandwidth.h"

namespace acceptlab::sim {
namespace {

using namespace literals;  // NOLINT(google-build-using-namespace): units
using testing::ElementsAre;
using testing::IsEmpty;

class DeviceGateTest : public testing::Test {
 protected:
  DeviceGate::Event note(int number) {
    return [this, number] { seen.push_back(number); };
  }
  DeviceGate gate;
  std::vector<int> seen;
};

TEST_F(DeviceGateTest, KeepsEventsBackWhileTheDeviceStandsStill) {
  gate.pass(note(1));
  gate.hold();
  gate.hold();  // two faults overlap
  gate.pass(note(2));
  gate.pass(gate.life(), note(3));
  EXPECT_THAT(gate.release(), IsEmpty());
  for (const DeviceGate::Event& event : gate.release()) event();
  gate.pass(note(4));
  EXPECT_THAT(seen, ElementsAre(1, 2, 3, 4));
}

TEST_F(DeviceGateTest, DropsWhatBelongsToALifeThatIsOver) {
  const int before = gate.life();
  gate.hold();
  gate.pass(note(1));
  gate.switch_off();
  gate.pass(note(2));
  EXPECT_THAT(gate.release(), IsEmpty());
  gate.switch_on();
  gate.pass(before, note(3));
  gate.pass(note(4));
  EXPECT_THAT(seen, ElementsAre(4));
}

TEST(WayFaultsTest, MessagesWaitInOrderWhileAWayIsDown) {
  WayFaults ways;
  std::vector<int> sent;
  const WayFaults::Way way{DeviceId{1}, DeviceId{0}};
  const auto pass = [&](int number) {
    ways.pass(way, [&sent, number] { sent.push_back(number); });
  };
  ways.take_down(DeviceId{0}, DeviceId{1});
  ways.take_down(DeviceId{0}, DeviceId{1});
  pass(1);
  pass(2);
  ways.bring_up(DeviceId{0}, DeviceId{1});
  EXPECT_THAT(sent, IsEmpty()) << "another fault still holds it down";
  ways.bring_up(DeviceId{0}, DeviceId{1});
  pass(3);
  EXPECT_THAT(sent, ElementsAre(1, 2, 3));
}

TEST(WayFaultsTest, OneMessageWithContentIsDamaged) {
  WayFaults ways;
  const WayFaults::Way way{DeviceId{0}, DeviceId{1}};
  ways.damage_next(way);
  const auto damaged = [&](Payload payload, const WayFaults::Way& on) {
    Frame frame;
    frame.payload = std::move(payload);
    frame.checksum = payload_checksum(frame.payload);
    ways.maybe_damage(on, frame);
    return is_damaged(frame);
  };
  EXPECT_FALSE(damaged(Payload::of({1, 2, 3}), {DeviceId{1}, DeviceId{0}}));
  EXPECT_FALSE(damaged(Payload(), way));
  EXPECT_TRUE(damaged(Payload::of({1, 2, 3}), way));
  EXPECT_FALSE(damaged(Payload::of({1, 2, 3}), way)) << "once is enough";
  ways.damage_next(way);
  EXPECT_TRUE(damaged(Payload::sized(Bytes(3)), way)) << "where only sizes flow";
}

TEST(BatchFaultsTest, EachIsDueOnce) {
  BatchFaults faults;
  for (const int batch : {5, 3, 9}) {
    Fault fault;
    fault.at_batch = batch;
    faults.add(fault);
  }
  EXPECT_THAT(faults.due(2), IsEmpty());
  EXPECT_EQ(faults.due(5).size(), 2u);
  EXPECT_THAT(faults.due(5), IsEmpty());  // trained again
  EXPECT_EQ(faults.waiting().size(), 1u);
}

TEST(DroppedBandwidthTest, FollowsTheModelButForTheDrops) {
  auto steps = make_step_bandwidth({{0s, 10_Mbps}, {10s, 20_Mbps}});
  const auto model =
      make_dropped_bandwidth(std::move(steps), {{5s, 10s, 0.5}, {6s, 1s, 0.1}, {12s, 1s, 1e-4}});
  struct Expected {
    BitsPerSecond rate;
    Duration length;
  };
  const Expected expected[] = {{10_Mbps, 5s}, {5_Mbps, 1s},       {1_Mbps, 1s}, {5_Mbps, 3s},
                               {10_Mbps, 2s}, {kSlowestRate, 1s}, {10_Mbps, 2s}};
  for (const Expected& part : expected) {
    const RateSegment segment = model->next();
    EXPECT_EQ(segment.rate, part.rate);
    EXPECT_EQ(segment.length, part.length);
  }
  const RateSegment last = model->next();
  EXPECT_EQ(last.rate, 20_Mbps);
  EXPECT_EQ(last.length, Duration::max());
  EXPECT_EQ(model->range().slowest, kSlowestRate);
  EXPECT_EQ(model->range().fastest, 20_Mbps);
}

}  // namespace
}  // namespace acceptlab::sim
