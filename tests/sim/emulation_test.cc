#include "sim/emulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "sim/message_network.h"
#include "sim/packet_network.h"
#include "sim/step_bandwidth.h"
#include "tests/fakes/fake_world.h"
#include "tests/fakes/scripted_replanner.h"

namespace acceptlab::sim {
namespace {

using namespace literals;  // NOLINT(google-build-using-namespace): units

// A stage whose outputs have a fixed size a sample and whose work takes a fixed time a sample.
struct FixedCompute : StageCompute {
  OpResult perform(const Op& op) override {
    if (op.key.batch == fail_at) throw std::runtime_error("diverged");
    OpResult result;
    if (op.kind != OpKind::kUpdate) result.output = Payload::sized(bytes_per_sample * op.samples);
    if (op.kind == OpKind::kExport) result.output = Payload::sized(kMoved);
    result.cost.forward = 1ms * op.samples;
    return result;
  }
  static constexpr Bytes kMoved{1'000'000};
  Bytes bytes_per_sample{10'000};
  int fail_at = -1;
};

// Accepts messages and delivers none.
struct BlackHole : Network {
  explicit BlackHole(VirtualTime& t) : time(t) {}
  void connect(const std::vector<std::pair<DeviceId, DeviceId>>& /*pairs*/,
               std::function<void()> ready) override {
    time.post(std::move(ready));
  }
  void send(DeviceId /*from*/, DeviceId /*to*/, Bytes /*size*/, std::uint64_t /*id*/) override {}
  std::uint64_t progress() const override { return 0; }
  std::vector<LinkUse> use() const override { return {}; }
  VirtualTime& time;
};

struct Wiring {
  int stages = 3;
  int batches = 12;
  BitsPerSecond rate = 20_Mbps;
  Duration delay = 2ms;
  double slowdown = 1.0;
  bool packets = true;
  Schedule schedule;
  fakes::ScriptedReplanner* replanner = nullptr;
};

std::vector<LinkSpec> chain_links(const Wiring& wiring) {
  std::vector<LinkSpec> links;
  const auto add = [&](int a, int b) {
    const auto direction = [&] {
      return DirectionSpec{make_constant_bandwidth(wiring.rate), wiring.delay, 0.0, 0};
    };
    links.push_back({DeviceId{a}, DeviceId{b}, direction(), direction()});
  };
  for (int k = 1; k < wiring.stages; ++k) add(k - 1, k);
  if (wiring.stages > 2) add(0, wiring.stages - 1);
  if (wiring.replanner != nullptr && wiring.stages == 4) {
    add(0, 2);
    add(1, 3);
  }
  return links;
}

TrainingShape shape_of(const Wiring& wiring) {
  TrainingShape shape;
  shape.train_samples = wiring.batches * 4;
  shape.batch_samples = 4;
  return shape;
}

class EmulationRun {
 public:
  explicit EmulationRun(const Wiring& wiring)
      : wiring_(wiring), source_(shape_of(wiring)), cost_(Slowdown(wiring.slowdown)) {
    computes_.resize(static_cast<std::size_t>(wiring.stages));
  }

  Result<std::vector<LinkUse>> run(Emulation::NetworkFactory factory = nullptr) {
    EmulationOptions options;
    const auto configs = fakes::chain(wiring_.stages, wiring_.schedule, shape_of(wiring_));
    options.central = fakes::central_of(configs);
    options.central.replan.at_batches = {4};
    options.replanner = wiring_.replanner;
    for (std::size_t k = 0; k < configs.size(); ++k) {
      options.devices.push_back({configs[k].device, &computes_[k], &cost_});
    }
    if (!factory) factory = [this](Network::Delivered d) { return make_network(std::move(d)); };
    Emulation emulation(std::move(options), time, factory, source_, recorder, nullptr);
    return emulation.run();
  }

  FixedCompute& compute(int stage) { return computes_[static_cast<std::size_t>(stage)]; }

  VirtualTime time;
  fakes::FakeRecorder recorder;

 private:
  std::unique_ptr<Network> make_network(Network::Delivered delivered) {
    if (wiring_.packets) {
      return make_packet_network(time, chain_links(wiring_), PacketOptions{}, wiring_.stages, 1,
                                 std::move(delivered));
    }
    return make_message_network(time, chain_links(wiring_), MessageOptions{}, wiring_.stages,
                                std::move(delivered));
  }

  Wiring wiring_;
  fakes::FakeSource source_;
  MeasuredCost cost_;
  std::vector<FixedCompute> computes_;
};

TimePoint end_of_training(const Wiring& wiring) {
  EmulationRun run(wiring);
  EXPECT_TRUE(run.run().ok());
  return run.recorder.epochs.at(0).trained;
}

class BothNetworks : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Models, BothNetworks, testing::Bool(), [](const auto& tested) {
  return tested.param ? std::string("packet") : std::string("message");
});

TEST_P(BothNetworks, TrainEveryBatchOnce) {
  Wiring wiring;
  wiring.packets = GetParam();
  EmulationRun run(wiring);
  ASSERT_TRUE(run.run().ok());
  EXPECT_EQ(run.recorder.batches.size(), 12u);
  EXPECT_EQ(run.recorder.stages.size(), 36u);
}

TEST_P(BothNetworks, GiveTheSameTimesTwice) {
  Wiring wiring;
  wiring.packets = GetParam();
  const auto finish_times = [&wiring] {
    EmulationRun run(wiring);
    EXPECT_TRUE(run.run().ok());
    std::vector<TimePoint> times;
    for (const StageSample& sample : run.recorder.stages) times.push_back(sample.finished);
    return times;
  };
  EXPECT_EQ(finish_times(), finish_times());
}

TEST_P(BothNetworks, NeverSlowDownWhenTheBandwidthDoubles) {
  for (const ScheduleKind kind :
       {ScheduleKind::kSynchronous, ScheduleKind::kOneForwardOneBackward}) {
    Wiring wiring;
    wiring.packets = GetParam();
    wiring.schedule.kind = kind;
    TimePoint previous = TimePoint::max();
    for (const std::int64_t kbps : {500, 1'000, 2'000, 4'000, 8'000, 16'000, 32'000, 64'000}) {
      wiring.rate = BitsPerSecond(kbps * 1000);
      const TimePoint end = end_of_training(wiring);
      EXPECT_LE(end, previous) << kbps << " kbit/s";
      previous = end;
    }
  }
}

TEST_P(BothNetworks, TakeLongerOnSlowerDevices) {
  Wiring wiring;
  wiring.packets = GetParam();
  const TimePoint fast = end_of_training(wiring);
  wiring.slowdown = 2.0;
  const TimePoint slow = end_of_training(wiring);
  EXPECT_GT(slow, fast);
  // Work doubles, the network stays: less than twice as long.
  EXPECT_LT(slow.time_since_epoch(), 2 * fast.time_since_epoch());
}

TEST_P(BothNetworks, MoveUnitsAsBytesOnTheLinks) {
  fakes::ScriptedReplanner replanner;
  replanner.plans = {fakes::plan_up_to({{0, 2}, {2, 3}, {3, 4}})};  // device 1 leaves
  Wiring wiring;
  wiring.packets = GetParam();
  wiring.stages = 4;
  wiring.replanner = &replanner;
  EmulationRun run(wiring);
  ASSERT_TRUE(run.run().ok());
  EXPECT_EQ(run.recorder.batches.size(), 12u);
  ASSERT_EQ(run.recorder.repartitions.size(), 1u);
  const RepartitionSample& move = run.recorder.repartitions[0];
  EXPECT_EQ(move.moved, FixedCompute::kMoved);
  // A megabyte at 20 Mbit/s is 400 ms.
  EXPECT_GT(move.committed - move.drained, 400ms);
  EXPECT_LT(move.committed - move.drained, 600ms);
  const auto is_units = [](const MessageSpan& span) { return span.kind == FrameKind::kUnits; };
  const auto& messages = run.recorder.messages;
  const auto sent = std::find_if(messages.begin(), messages.end(), is_units);
  ASSERT_NE(sent, messages.end());
  EXPECT_EQ(sent->from, DeviceId{1});
  EXPECT_EQ(sent->to, DeviceId{0});
}

TEST(EmulationTest, OneDeviceNeedsNoNetwork) {
  Wiring wiring;
  wiring.stages = 1;
  EmulationRun run(wiring);
  ASSERT_TRUE(run.run().ok());
  // 12 batches of one forward+backward of 4 ms and one update of 4 ms.
  EXPECT_EQ(run.recorder.epochs.at(0).trained - run.recorder.epochs.at(0).started, 12 * 8ms);
}

TEST(EmulationTest, StallNamesLinkAndBatch) {
  Wiring wiring;
  EmulationRun run(wiring);
  const auto links =
      run.run([&run](const Network::Delivered&) { return std::make_unique<BlackHole>(run.time); });
  ASSERT_FALSE(links.ok());
  EXPECT_EQ(links.error().kind, ErrorKind::kTimeout);
  EXPECT_THAT(links.error().message, testing::AllOf(testing::HasSubstr("no progress for 300"),
                                                    testing::HasSubstr("from device 0 to device 1"),
                                                    testing::HasSubstr("batch 0")));
}

TEST(EmulationTest, FailureOfAStageReachesTheCaller) {
  EmulationRun run(Wiring{});
  run.compute(1).fail_at = 5;
  EXPECT_THROW(
      {
        try {
          (void)run.run();
        } catch (const std::runtime_error& error) {
          EXPECT_STREQ(error.what(), "diverged");
          throw;
        }
      },
      std::runtime_error);
}

TEST(EmulationTest, LinksCountEveryFrameSent) {
  Wiring wiring;
  wiring.stages = 2;
  EmulationRun run(wiring);
  const auto links = run.run();
  ASSERT_TRUE(links.ok());
  Bytes forward;
  for (const LinkUse& use : links.value()) {
    if (use.from == DeviceId{0}) forward = use.message_bytes;
  }
  // Per batch an activation (40,000 bytes) and labels (4), each with its header; a start.
  EXPECT_EQ(forward, Bytes(12 * (40'000 + 4 + 2 * kFrameHeaderSize) + kFrameHeaderSize));
}

}  // namespace
}  // namespace acceptlab::sim
