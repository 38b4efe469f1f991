#include "sim/emulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
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
    if (op.each_unit) result.parts.assign(static_cast<std::size_t>(op.units.size()), result.output);
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
  bool recovery = false;
  std::vector<Fault> faults;
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
    options.faults = wiring_.faults;
    options.central.recovery.enabled = wiring_.recovery;
    options.central.recovery.replicate_every_batches = 4;
    options.central.recovery.central_copy_every_batches = 8;
    options.central.recovery.batch_deadline = 2s;
    options.central.recovery.probe_timeout = 500ms;
    for (std::size_t k = 0; k < configs.size(); ++k) {
      options.devices.push_back({configs[k].device, &computes_[k], &cost_});
    }
    if (!factory) factory = [this](Network::Delivered d) { return make_network(std::move(d)); };
    Emulation emulation(std::move(options), time, factory, source_, recorder, nullptr);
    Result<std::vector<LinkUse>> links = emulation.run();
    faults_to_come = emulation.faults_to_come().size();
    return links;
  }

  FixedCompute& compute(int stage) { return computes_[static_cast<std::size_t>(stage)]; }

  std::size_t faults_to_come = 0;
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

Fault fault_of(FaultKind kind, std::int64_t at_batch) {
  Fault fault;
  fault.kind = kind;
  fault.at_batch = at_batch;
  fault.device = DeviceId{1};
  fault.from = DeviceId{0};
  fault.to = DeviceId{1};
  fault.duration = 1s;
  return fault;
}

std::set<int> batches_of(const EmulationRun& run) {
  std::set<int> batches;
  for (const BatchSample& sample : run.recorder.batches) batches.insert(sample.batch);
  return batches;
}

class FaultyEmulation : public testing::TestWithParam<bool> {
 protected:
  FaultyEmulation() {
    wiring.packets = GetParam();
    wiring.recovery = true;
  }
  Wiring wiring;
};
INSTANTIATE_TEST_SUITE_P(Networks, FaultyEmulation, testing::Bool(), [](const auto& tested) {
  return std::string(tested.param ? "Packet" : "Message");
});

TEST_P(FaultyEmulation, LossesAreRecoveredFrom) {
  for (const FaultKind kind : {FaultKind::kKill, FaultKind::kRestart, FaultKind::kCorrupt}) {
    wiring.faults = {fault_of(kind, 7)};
    EmulationRun run(wiring);
    const auto links = run.run();
    ASSERT_TRUE(links.ok()) << links.error().message;
    EXPECT_EQ(batches_of(run).size(), 12U);
    ASSERT_EQ(run.recorder.recoveries.size(), 1U) << to_string(wiring.faults[0]);
    const RecoverySample& recovery = run.recorder.recoveries[0];
    EXPECT_EQ(recovery.after.stages.size(), kind == FaultKind::kKill ? 2U : 3U);
    EXPECT_EQ(recovery.resumed.version, 6);  // drained after 4, two more were under way
    EXPECT_GT(recovery.committed, recovery.detected);
  }
}

TEST_P(FaultyEmulation, WhatHealsInTimeOnlyTakesTime) {
  const auto end_of = [this](const std::vector<Fault>& faults) {
    wiring.faults = faults;
    EmulationRun run(wiring);
    const auto links = run.run();
    EXPECT_TRUE(links.ok());
    EXPECT_TRUE(run.recorder.recoveries.empty());
    EXPECT_EQ(run.recorder.batches.size(), 12U);
    return run.recorder.batches.back().finished;
  };
  const TimePoint undisturbed = end_of({});
  for (const FaultKind kind : {FaultKind::kPause, FaultKind::kLinkDown}) {
    const Duration lost = end_of({fault_of(kind, 7)}) - undisturbed;
    EXPECT_GT(lost, 700ms) << to_string(fault_of(kind, 7));
    EXPECT_LT(lost, 1100ms) << to_string(fault_of(kind, 7));
  }
}

TEST_P(FaultyEmulation, WithoutRecoveryTheFaultIsNamed) {
  wiring.recovery = false;
  wiring.faults = {fault_of(FaultKind::kKill, 7)};
  EmulationRun killed(wiring);
  const auto stalled = killed.run();
  ASSERT_FALSE(stalled.ok());
  EXPECT_EQ(stalled.error().kind, ErrorKind::kTimeout);
  EXPECT_NE(stalled.error().message.find("device 1 is killed"), std::string::npos)
      << stalled.error().message;
}

TEST_P(FaultyEmulation, AFaultAfterTheEndIsToCome) {
  Fault late = fault_of(FaultKind::kKill, 0);
  late.at = TimePoint(1000s);
  wiring.faults = {late, fault_of(FaultKind::kPause, 1000)};
  EmulationRun run(wiring);
  ASSERT_TRUE(run.run().ok());
  EXPECT_EQ(run.faults_to_come, 2U);
}

}  // namespace
}  // namespace acceptlab::sim
