#include "runtime/device/device_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "runtime/central_node.h"
#include "tests/fakes/fake_world.h"

namespace acceptlab::device {
namespace {

using ::testing::HasSubstr;

// Only keeps a broken test from hanging: nothing is measured by it.
constexpr std::chrono::seconds kPatience(60);

struct Samples : BatchSource {
  Payload inputs(const BatchKey&) override { return Payload::of(std::vector<std::uint8_t>(50)); }
  Payload labels(const BatchKey&) override { return Payload::of(std::vector<std::uint8_t>(5)); }
};

// Passes on the bytes it gets, and checks that they are those of the batch.
struct Counting : StageCompute {
  OpResult perform(const Op& op) override {
    if (op.stage > 0 && op.kind == OpKind::kForward) {
      const auto first = op.input.bytes()[0];
      if (first != static_cast<std::uint8_t>(op.key.batch)) throw std::runtime_error("wrong batch");
    }
    if (op.kind == fails_at && op.key.batch == 3) throw std::runtime_error("the stage breaks");
    OpResult result;
    result.output =
        Payload::of(std::vector<std::uint8_t>(2000, static_cast<std::uint8_t>(op.key.batch)));
    result.cost.forward = Duration(1);
    result.score = Score{1.0, 1, op.samples};
    return result;
  }
  OpKind fails_at = OpKind::kAggregate;
};

constexpr int kBatches = 30;
constexpr int kDevices = 3;

Training training() {
  Training training;
  training.shape.train_samples = kBatches * 5;
  training.shape.batch_samples = 5;
  training.reports = true;
  return training;
}

Plan plan() {
  Plan plan;
  for (int d = 0; d < kDevices; ++d) plan.stages.push_back({DeviceId{d}, {d, d + 1}, Duration(0)});
  return plan;
}

std::vector<std::string> names() { return {"central", "one", "two"}; }

// A device with everything that one has, driven by the thread that calls run().
class Device {
 public:
  Device(int number, const KeyPair& keys) : number_(number) {
    LinkOptions options;
    options.name = names()[static_cast<std::size_t>(number)];
    options.listen = "tcp://127.0.0.1:*";
    options.keys = keys;
    links = std::make_unique<SocketLinks>(options, [](const std::string&) {});
  }

  void run(const std::vector<Peer>& peers, const std::atomic<bool>& over) {
    for (const Peer& peer : peers) {
      if (peer.endpoint != links->endpoint()) links->connect(peer);
    }
    DeviceLoop loop(DeviceId{number_}, names(), *links, clock_, work_,
                    {[this](const Arrived&) { ++controls; },
                     [this](const std::string& name) { lost.push_back(name); }});
    loop.use(&compute);
    std::unique_ptr<CentralNode> central;
    if (number_ == 0) {
      CentralConfig config;
      config.plan = plan();
      config.shape = training().shape;
      central = std::make_unique<CentralNode>(config, samples_);
    }
    Node node(DeviceId{number_}, {0, plan(), {}}, training(), std::move(central),
              NodeWorld{clock_, loop, loop, loop, records, nullptr, [this] { finished = true; }});
    loop.attach(&node);
    if (number_ == 0) node.start();
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!finished && !over && std::chrono::steady_clock::now() < end) {
      loop.step(std::chrono::milliseconds(20));
    }
    loop.attach(nullptr);
  }

  std::unique_ptr<SocketLinks> links;
  Counting compute;
  fakes::FakeRecorder records;
  std::vector<std::string> lost;
  int controls = 0;
  bool finished = false;

 private:
  const int number_;
  SteadyClock clock_;
  Samples samples_;
  WorkThread work_;  // after what its work uses
};

class ThreeDevices : public ::testing::Test {
 protected:
  ThreeDevices() {
    std::vector<KeyPair> keys;
    for (int d = 0; d < kDevices; ++d) {
      keys.push_back(make_key_pair());
      devices_.push_back(std::make_unique<Device>(d, keys.back()));
    }
    for (std::size_t d = 0; d < kDevices; ++d) {
      peers_.push_back({names()[d], devices_[d]->links->endpoint(), keys[d].public_key});
    }
    // Nobody sends before everybody lets everybody in.
    for (std::size_t d = 0; d < kDevices; ++d) {
      for (const Peer& peer : peers_) devices_[d]->links->admit(peer.name, peer.public_key);
    }
  }

  // Workers on threads of their own, the central node on this one; says what a device threw.
  std::string train() {
    std::atomic<bool> over{false};
    std::vector<std::string> errors(kDevices);
    const auto guarded = [&](std::size_t d) {
      try {
        devices_[d]->run(peers_, over);
      } catch (const std::exception& error) {
        errors[d] = error.what();
        over = true;
      }
    };
    std::vector<std::thread> threads;
    for (std::size_t d = 1; d < kDevices; ++d) threads.emplace_back(guarded, d);
    guarded(0);
    over = true;
    for (std::thread& thread : threads) thread.join();
    return errors[0] + errors[1] + errors[2];
  }

  std::vector<std::unique_ptr<Device>> devices_;
  std::vector<Peer> peers_;
};

TEST_F(ThreeDevices, TrainOverEncryptedSockets) {
  EXPECT_EQ(train(), "");
  EXPECT_TRUE(devices_[0]->finished);
  ASSERT_EQ(devices_[0]->records.batches.size(), static_cast<std::size_t>(kBatches));
  for (int d = 0; d < kDevices; ++d) {
    const Device& device = *devices_[static_cast<std::size_t>(d)];
    ASSERT_EQ(device.records.stages.size(), static_cast<std::size_t>(kBatches)) << d;
    EXPECT_TRUE(device.lost.empty());
    for (int batch = 0; batch < kBatches; ++batch) {
      const StageSample& sample = device.records.stages[static_cast<std::size_t>(batch)];
      EXPECT_EQ(sample.batch, batch);
      // Strict 1F1B: stage k of N uses weights N - k - 1 updates old.
      EXPECT_EQ(sample.update_version - sample.forward_version, std::min(batch, kDevices - d - 1));
    }
  }
}

TEST_F(ThreeDevices, OperationsLastWhatAClockOnTheWallShows) {
  EXPECT_EQ(train(), "");
  for (const OpSpan& span : devices_[1]->records.ops) {
    // The stage says 1 ns of processor time; on the wall it takes longer.
    EXPECT_GT(span.cost.total(), Duration(1));
  }
  EXPECT_FALSE(devices_[1]->records.messages.empty());
  for (const MessageSpan& span : devices_[1]->records.messages) {
    EXPECT_GE(span.received, span.sent);
  }
}

TEST_F(ThreeDevices, TellWhatAnOperationThrew) {
  devices_[1]->compute.fails_at = OpKind::kBackward;
  EXPECT_THAT(train(), HasSubstr("the stage breaks"));
  EXPECT_FALSE(devices_[0]->finished);
}

}  // namespace
}  // namespace acceptlab::device
