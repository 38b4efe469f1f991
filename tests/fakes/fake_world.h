#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <string>
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
  // Runs until no event is left, or `most` have run.
  void run(std::uint64_t most = 10'000'000) {
    for (; !queue_.empty() && events_ < most; ++events_) {
      if (before_event) before_event(events_);
      Entry entry = queue_.top();
      queue_.pop();
      now_ = entry.time;
      entry.action();
    }
  }
  std::uint64_t events() const { return events_; }

  std::function<void(std::uint64_t index)> before_event;  // empty: nothing

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
  std::uint64_t events_ = 0;  // so far
};

// Keeps everything that is recorded.
struct FakeRecorder : Recorder {
  void record(const StageSample& s) override { stages.push_back(s); }
  void record(const BatchSample& s) override { batches.push_back(s); }
  void record(const EpochSample& s) override { epochs.push_back(s); }
  void record(const RepartitionSample& s) override { repartitions.push_back(s); }
  void record(const ReplicationSample& s) override { replications.push_back(s); }
  void record(const RecoverySample& s) override { recoveries.push_back(s); }
  void record(const OpSpan& s) override { ops.push_back(s); }
  void record(const MessageSpan& s) override { messages.push_back(s); }
  std::vector<StageSample> stages;
  std::vector<BatchSample> batches;
  std::vector<EpochSample> epochs;
  std::vector<RepartitionSample> repartitions;
  std::vector<ReplicationSample> replications;
  std::vector<RecoverySample> recoveries;
  std::vector<OpSpan> ops;
  std::vector<MessageSpan> messages;
};

struct FakeCheckpoints : CheckpointStore {
  void save(const RunPosition& next) override { saved.push_back(next); }
  std::vector<RunPosition> saved;
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
      : compute_(std::move(compute)),
        delays_(delays),
        training_{central.schedule, central.shape, replanner != nullptr},
        rng_(seed, "fake world") {
    const std::size_t count = std::max(central.devices.size(), central.plan.stages.size());
    for (std::size_t d = 0; d < count; ++d) {
      devices_.push_back(std::make_unique<Device>(*this, static_cast<int>(d)));
      std::unique_ptr<CentralNode> machine;
      if (d == 0) machine = std::make_unique<CentralNode>(central, source, replanner);
      start(*devices_.back(), PlanInForce{0, central.plan, {}}, std::move(machine));
    }
  }

  // Runs to the end of all events, or so many.
  void run(std::uint64_t most = 10'000'000) {
    clock.at(clock.now(), [this] { devices_[0]->node->start(); });
    clock.run(most);
  }

  // The run is to stop soon.
  void stop() { at(0).node->stop(); }
  // The device does nothing from now on.
  void kill(int device) {
    at(device).off = true;
    at(device).armed.clear();
    ++at(device).life;
  }
  // It is killed, and back with nothing.
  void restart(int device) {
    kill(device);
    at(device).off = false;
    start(at(device), PlanInForce{}, nullptr);
  }
  // The central node hears of a device that was lost.
  void welcome_back(int device) { at(0).node->welcome_back(DeviceId{device}); }
  // What is sent this way is lost, until it is brought up.
  void take_down(int from, int to) { down_.insert({from, to}); }
  // The receiver notices that something is missing.
  void bring_up(int from, int to) {
    if (down_.erase({from, to}) > 0 && from == 0 && !at(to).off) at(to).node->lose_track();
  }
  // The transport of the central node notices that the device is gone.
  void report_lost(int device) { at(0).node->lose(DeviceId{device}); }

  FakeClock clock;
  FakeRecorder recorder;
  FakeCheckpoints checkpoints;
  bool finished = false;
  std::string failure;                        // why the run could not go on; empty: it could
  std::vector<std::pair<int, Op>> performed;  // (device, operation) in the order of their start
  std::function<bool(const Frame&)> lost;     // frames that never arrive; empty: none
  std::function<bool(const Frame&)> damaged;  // frames that are changed on their way; empty: none

 private:
  struct Device : Transport, Executor, Timers {
    Device(FakeWorld& w, int i) : world(w), index(i) {}
    void send(DeviceId to, Frame frame) override {
      if (world.lost && world.lost(frame)) return;
      if (world.down_.count({index, to.value}) != 0) return;
      const TimePoint sent = world.clock.now();
      TimePoint& latest = world.latest_arrival_[{index, to.value}];
      latest = std::max(latest, sent + (to.value == index ? Duration(0) : world.link_delay()));
      if (world.damaged && world.damaged(frame)) frame.checksum ^= 1;
      Device& target = world.at(to.value);
      world.clock.at(latest, [this, &target, frame = std::move(frame), sent] {
        if (!target.off) target.node->deliver(DeviceId{index}, frame, sent);
      });
    }
    void run(Op op) override {
      world.performed.emplace_back(index, op);
      OpResult result = world.compute_(index, op);
      const Duration cost = world.draw(world.delays_.op_min, world.delays_.op_max);
      result.cost = OpCost{};
      result.cost.forward = cost;
      world.clock.at(world.clock.now() + cost,
                     [this, now_living = life, result = std::move(result)] {
                       if (life == now_living) node->complete(result);
                     });
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
    bool off = false;
    int life = 0;  // counts how often it was off
  };

  Device& at(int device) { return *devices_[static_cast<std::size_t>(device)]; }
  void start(Device& device, PlanInForce in_force, std::unique_ptr<CentralNode> central) {
    NodeWorld world{clock,
                    device,
                    device,
                    device,
                    recorder,
                    &checkpoints,
                    [this] { finished = true; },
                    [this](const std::string& why) { failure = why; }};
    device.node = std::make_unique<Node>(DeviceId{device.index}, std::move(in_force), training_,
                                         std::move(central), std::move(world));
  }

  Duration draw(Duration low, Duration high) {
    const auto width = static_cast<std::uint64_t>((high - low).count()) + 1;
    return low + Duration(static_cast<std::int64_t>(rng_.below(width)));
  }
  Duration link_delay() { return draw(delays_.link_min, delays_.link_max); }

  Compute compute_;
  Delays delays_;
  Training training_;
  Rng rng_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::map<std::pair<int, int>, TimePoint> latest_arrival_;
  std::set<std::pair<int, int>> down_;  // ways
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
