#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <utility>
#include <vector>

#include "runtime/base/rng.h"
#include "runtime/node.h"

namespace acceptlab::fakes {

// A virtual clock and its events; equal times run in the order of posting.
class FakeClock : public Clock {
 public:
  TimePoint now() const override { return now_; }
  void at(TimePoint time, std::function<void()> action) {
    queue_.push(Entry{time, next_++, std::move(action)});
  }
  // Runs until no event is left.
  void run() {
    while (!queue_.empty()) {
      Entry entry = queue_.top();
      queue_.pop();
      now_ = entry.time;
      entry.action();
    }
  }

 private:
  struct Entry {
    TimePoint time;
    std::uint64_t order;
    std::function<void()> action;
    bool operator<(const Entry& o) const {
      return time != o.time ? time > o.time : order > o.order;
    }
  };
  std::priority_queue<Entry> queue_;
  TimePoint now_{};
  std::uint64_t next_ = 0;
};

// Keeps everything that is recorded.
struct FakeRecorder : Recorder {
  void record(const StageSample& s) override { stages.push_back(s); }
  void record(const BatchSample& s) override { batches.push_back(s); }
  void record(const EpochSample& s) override { epochs.push_back(s); }
  void record(const RepartitionSample& s) override { repartitions.push_back(s); }
  void record(const OpSpan& s) override { ops.push_back(s); }
  void record(const MessageSpan& s) override { messages.push_back(s); }
  std::vector<StageSample> stages;
  std::vector<BatchSample> batches;
  std::vector<EpochSample> epochs;
  std::vector<RepartitionSample> repartitions;
  std::vector<OpSpan> ops;
  std::vector<MessageSpan> messages;
};

struct FakeCheckpoints : CheckpointStore {
  void save(int epochs_done) override { saved.push_back(epochs_done); }
  std::vector<int> saved;
};

// Payloads with sizes only.
struct FakeSource : BatchSource {
  explicit FakeSource(const TrainingShape& s) : shape(s) {}
  Payload inputs(const BatchKey& key) override {
    return Payload::sized(Bytes(100 * shape.samples_in_micro(key)));
  }
  Payload labels(const BatchKey& key) override {
    return Payload::sized(Bytes(shape.samples_in_micro(key)));
  }
  TrainingShape shape;
};

// Devices joined by links that take a time drawn at random for each frame (in order for each pair)
// and processors that take a time drawn at random for each operation: what a schedule must be
// right about, it must be right about here.
class FakeWorld {
 public:
  using Compute = std::function<OpResult(int device, const Op& op)>;
  struct Delays {
    Duration op_min{1000}, op_max{1000};
    Duration link_min{0}, link_max{0};
  };

  // Devices 0, 1, ...: as many as `central` names. `source` and `replanner` outlive the world.
  FakeWorld(const CentralConfig& central, BatchSource& source, Compute compute, Delays delays,
            std::uint64_t seed = 1, Replanner* replanner = nullptr)
      : compute_(std::move(compute)), delays_(delays), rng_(seed, "fake world") {
    const Training training{central.schedule, central.shape, replanner != nullptr};
    const std::size_t count = std::max(central.devices.size(), central.plan.stages.size());
    for (std::size_t d = 0; d < count; ++d) {
      auto device = std::make_unique<Device>(*this, static_cast<int>(d));
      NodeWorld world{clock,    *device,      *device,                    *device,
                      recorder, &checkpoints, [this] { finished = true; }};
      std::unique_ptr<CentralNode> machine;
      if (d == 0) machine = std::make_unique<CentralNode>(central, source, replanner);
      device->node =
          std::make_unique<Node>(DeviceId{static_cast<int>(d)}, PlanInForce{0, central.plan, {}},
                                 training, std::move(machine), world);
      devices_.push_back(std::move(device));
    }
  }

  // Runs to the end of all events.
  void run() {
    clock.at(clock.now(), [this] { devices_[0]->node->start(); });
    clock.run();
  }

  FakeClock clock;
  FakeRecorder recorder;
  FakeCheckpoints checkpoints;
  bool finished = false;
  std::vector<std::pair<int, Op>> performed;  // (device, operation) in the order of their start
  std::function<bool(const Frame&)> lost;     // frames that never arrive; empty: none

 private:
  struct Device : Transport, Executor, Timers {
    Device(FakeWorld& w, int i) : world(w), index(i) {}
    void send(DeviceId to, Frame frame) override {
      if (world.lost && world.lost(frame)) return;
      const TimePoint sent = world.clock.now();
      TimePoint& latest = world.latest_arrival_[{index, to.value}];
      latest = std::max(latest, sent + (to.value == index ? Duration(0) : world.link_delay()));
      Node& target = *world.devices_[static_cast<std::size_t>(to.value)]->node;
      world.clock.at(latest, [this, &target, frame = std::move(frame), sent] {
        target.deliver(DeviceId{index}, frame, sent);
      });
    }
    void run(Op op) override {
      world.performed.emplace_back(index, op);
      OpResult result = world.compute_(index, op);
      const Duration cost = world.draw(world.delays_.op_min, world.delays_.op_max);
      result.cost = OpCost{};
      result.cost.forward = cost;
      world.clock.at(world.clock.now() + cost,
                     [this, result = std::move(result)] { node->complete(result); });
    }
    void arm(TimerId timer, TimePoint at) override {
      const std::uint64_t arming = world.next_arming_++;
      armed[timer] = arming;
      world.clock.at(std::max(at, world.clock.now()), [this, timer, arming] {
        const auto found = armed.find(timer);
        if (found == armed.end() || found->second != arming) return;
        armed.erase(found);
        node->fire(timer);
      });
    }
    void disarm(TimerId timer) override { armed.erase(timer); }
    FakeWorld& world;
    int index;
    std::map<TimerId, std::uint64_t> armed;  // by which call of arm()
    std::unique_ptr<Node> node;
  };

  Duration draw(Duration low, Duration high) {
    const auto width = static_cast<std::uint64_t>((high - low).count()) + 1;
    return low + Duration(static_cast<std::int64_t>(rng_.below(width)));
  }
  Duration link_delay() { return draw(delays_.link_min, delays_.link_max); }

  Compute compute_;
  Delays delays_;
  Rng rng_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::map<std::pair<int, int>, TimePoint> latest_arrival_;
  std::uint64_t next_arming_ = 1;
};

// Configurations of a chain of `stages` devices with a unit each.
inline std::vector<StageConfig> chain(int stages, const Schedule& schedule,
                                      const TrainingShape& shape) {
  PlanInForce in_force;
  for (int k = 0; k < stages; ++k) {
    in_force.plan.stages.push_back({DeviceId{k}, {k, k + 1}, Duration(0)});
  }
  return stage_configs(in_force, {schedule, shape});
}

inline CentralConfig central_of(const std::vector<StageConfig>& stages, int epochs = 1) {
  CentralConfig central;
  for (const StageConfig& stage : stages) {
    central.plan.stages.push_back({stage.device, stage.units, Duration(0)});
  }
  central.schedule = stages[0].schedule;
  central.shape = stages[0].shape;
  central.epochs = epochs;
  return central;
}

}  // namespace acceptlab::fakes
