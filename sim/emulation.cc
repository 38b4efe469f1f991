#include "sim/emulation.h"

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/node.h"

namespace acceptlab::sim {

namespace {

struct MessageInFlight {
  DeviceId from;
  DeviceId to;
  Frame frame;
  TimePoint sent{};
};

std::string describe(const MessageInFlight& message) {
  const BatchKey& key = message.frame.key;
  return std::string(to_string(message.frame.kind)) + " of epoch " + std::to_string(key.epoch) +
         (key.phase == Phase::kTrain ? ", batch " : ", evaluation batch ") +
         std::to_string(key.batch) + " on the link from device " +
         std::to_string(message.from.value) + " to device " + std::to_string(message.to.value) +
         " (" + std::to_string(wire_size(message.frame).count()) + " bytes, sent at " +
         std::to_string(to_seconds(message.sent)) + " s)";
}

}  // namespace

class Emulation::World : public Clock {
 public:
  World(EmulationOptions options, VirtualTime& time, const NetworkFactory& make_network,
        BatchSource& source, Recorder& recorder, CheckpointStore* checkpoints)
      : options_(std::move(options)),
        time_(time),
        source_(source),
        recorder_(recorder),
        checkpoints_(checkpoints) {
    network_ = make_network([this](std::uint64_t id) { guarded([&] { deliver(id); }); });
    for (const EmulatedDevice& device : options_.devices) {
      options_.central.devices.push_back(device.id);
    }
    for (const EmulatedDevice& emulated : options_.devices) {
      devices_.push_back(std::make_unique<Device>(*this, emulated));
      by_id_[emulated.id] = devices_.back().get();
      start_device(*devices_.back(), PlanInForce{0, options_.central.plan, {}});
    }
  }

  TimePoint now() const override { return time_.now(); }

  Result<std::vector<LinkUse>> run() {
    network_->connect(connections(), [this] {
      connected_ = true;
      guarded([this] { devices_[0]->node->start(); });
    });
    for (const Fault& fault : options_.faults) schedule(fault);
    watch();
    time_.run();
    if (exception_) std::rethrow_exception(exception_);
    if (error_) return *error_;
    ACCEPTLAB_CHECK(finished_);
    return network_->use();
  }

  std::vector<Fault> faults_to_come() const {
    std::vector<Fault> to_come = batch_faults_.waiting();
    for (const Fault& fault : options_.faults) {
      if (fault.at && *fault.at > now()) to_come.push_back(fault);
    }
    return to_come;
  }

 private:
  struct Device : Transport, Executor, Timers {
    Device(World& w, const EmulatedDevice& e) : world(w), emulated(e) {}
    void send(DeviceId to, Frame frame) override { world.send(*this, to, std::move(frame)); }
    void run(Op op) override { world.compute(*this, op); }
    void arm(TimerId timer, TimePoint at) override { world.arm(*this, timer, at); }
    void disarm(TimerId timer) override { armed.erase(timer); }

    World& world;
    EmulatedDevice emulated;
    std::map<TimerId, std::uint64_t> armed;  // by which call of arm()
    std::unique_ptr<Node> node;
    DeviceGate gate;
    bool computing = false;
  };

  // `in_force` without a plan: in the middle of the run.
  void start_device(Device& device, PlanInForce in_force) {
    NodeWorld world{*this,
                    device,
                    device,
                    device,
                    recorder_,
                    checkpoints_,
                    [this] { finish(); },
                    [this](const std::string& why) {
                      fail({ErrorKind::kPeerLost, why});
                    }};
    std::unique_ptr<CentralNode> central;
    const CentralConfig& config = options_.central;
    const DeviceId id = device.emulated.id;
    if (id == kCentralNode) {
      central = std::make_unique<CentralNode>(config, source_, options_.replanner);
    }
    const Training training{config.schedule, config.shape, options_.replanner != nullptr};
    device.node = std::make_unique<Node>(id, std::move(in_force), training, std::move(central),
                                         std::move(world));
  }

  void finish() {
    finished_ = true;
    time_.stop();
  }

  void fail(Error error) {
    error_ = std::move(error);
    time_.stop();
  }

  // Neighbours talk to each other, and every worker with the central node. Where the plan may
  // change, any two devices may become neighbours or exchange units.
  std::vector<std::pair<DeviceId, DeviceId>> connections() const {
    std::vector<std::pair<DeviceId, DeviceId>> pairs;
    if (options_.replanner != nullptr || options_.central.recovery.enabled) {
      for (auto a = options_.devices.begin(); a != options_.devices.end(); ++a) {
        for (auto b = a + 1; b != options_.devices.end(); ++b) pairs.emplace_back(a->id, b->id);
      }
      return pairs;
    }
    const std::vector<PlannedStage>& stages = options_.central.plan.stages;
    for (std::size_t k = 1; k < stages.size(); ++k) {
      pairs.emplace_back(stages[k - 1].device, stages[k].device);
      if (k > 1) pairs.emplace_back(stages[0].device, stages[k].device);
    }
    return pairs;
  }

  // An exception must not unwind through the simulator: it ends the run and is rethrown after it.
  template <typename Action>
  void guarded(Action action) {
    try {
      action();
    } catch (...) {
      if (!exception_) exception_ = std::current_exception();
      time_.stop();
    }
  }

  void send(Device& from, DeviceId to, Frame frame) {
    const DeviceId self = from.emulated.id;
    if (to == self) {
      if (frame.kind == FrameKind::kBatchDone) note_batch(frame.key);
      at(now(), from, [&from, self, frame = std::move(frame), sent = now()] {
        from.node->deliver(self, frame, sent);
      });
      return;
    }
    const WayFaults::Way way{self, to};
    way_faults_.maybe_damage(way, frame);
    const std::uint64_t id = next_message_++;
    const Bytes size = wire_size(frame);
    in_flight_.emplace(id, MessageInFlight{self, to, std::move(frame), now()});
    way_faults_.pass(way, [this, self, to, size, id] { network_->send(self, to, size, id); });
  }

  // Runs an event of the device as it is now, unless it is off by then.
  template <typename Event>
  void at(TimePoint time, Device& device, Event event) {
    time_.at(time, [this, &device, life = device.gate.life(), event = std::move(event)] {
      device.gate.pass(life, [this, event] { guarded(event); });
    });
  }

  void deliver(std::uint64_t id) {
    const auto found = in_flight_.find(id);
    ACCEPTLAB_CHECK(found != in_flight_.end());
    const MessageInFlight message = std::move(found->second);
    in_flight_.erase(found);
    Device& device = *by_id_.at(message.to);
    device.gate.pass([this, &device, message] {
      guarded([&] { device.node->deliver(message.from, message.frame, message.sent); });
    });
  }

  void compute(Device& device, const Op& op) {
    if (options_.stop_wanted && options_.stop_wanted()) by_id_.at(kCentralNode)->node->stop();
    OpResult result = device.emulated.compute->perform(op);
    result.cost = device.emulated.cost->cost(op, result.cost, now());
    ++operations_running_;
    device.computing = true;
    const TimePoint end = now() + result.cost.total();
    at(end, device, [this, &device, result = std::move(result)] {
      --operations_running_;
      device.computing = false;
      ++operations_done_;
      device.node->complete(result);
    });
  }

  void arm(Device& device, TimerId timer, TimePoint time) {
    const std::uint64_t arming = next_arming_++;
    device.armed[timer] = arming;
    at(std::max(time, now()), device, [&device, timer, arming] {
      const auto found = device.armed.find(timer);
      if (found == device.armed.end() || found->second != arming) return;
      device.armed.erase(found);
      device.node->fire(timer);
    });
  }

  void note_batch(const BatchKey& key) {
    const int before = key.epoch * options_.central.shape.batches(Phase::kTrain);
    for (const Fault& fault : batch_faults_.due(before + key.batch + 1)) {
      time_.post([this, fault] { guarded([&] { begin(fault); }); });
    }
  }

  void schedule(const Fault& fault) {
    if (!fault.at) return batch_faults_.add(fault);
    time_.at(*fault.at, [this, fault] { guarded([&] { begin(fault); }); });
  }

  void begin(const Fault& fault) {
    faults_begun_ += "; at " + std::to_string(to_seconds(now())) + " s " + to_string(fault);
    switch (fault.kind) {
      case FaultKind::kKill:
      case FaultKind::kRestart:
      case FaultKind::kPause:
        return begin_on(fault);
      case FaultKind::kLinkDown:
        way_faults_.take_down(fault.from, fault.to);
        return end_after(fault, [this, fault] { way_faults_.bring_up(fault.from, fault.to); });
      case FaultKind::kCorrupt:
        return way_faults_.damage_next({fault.from, fault.to});
    }
  }

  void begin_on(const Fault& fault) {
    const auto found = by_id_.find(fault.device);
    if (found == by_id_.end()) return;  // it has no part in the run
    Device& device = *found->second;
    if (fault.kind == FaultKind::kPause) {
      device.gate.hold();
      return end_after(fault, [&device] {
        for (const DeviceGate::Event& event : device.gate.release()) event();
      });
    }
    device.gate.switch_off();
    device.armed.clear();
    if (std::exchange(device.computing, false)) --operations_running_;
    if (fault.kind == FaultKind::kKill) return;
    end_after(fault, [this, &device, life = device.gate.life()] {
      if (device.gate.life() != life) return;  // something else has happened to it since
      device.gate.switch_on();
      start_device(device, PlanInForce{});
    });
  }

  template <typename End>
  void end_after(const Fault& fault, End end) {
    time_.after(fault.duration, [this, end] { guarded(end); });
  }

  void watch() {
    time_.after(options_.stall_limit, [this] {
      const std::uint64_t progress = network_->progress() + operations_done_;
      if (progress == watched_progress_ && operations_running_ == 0) {
        return fail({ErrorKind::kTimeout, stall_message()});
      }
      watched_progress_ = progress;
      watch();
    });
  }

  std::string stall_message() const {
    std::string message = "no progress for " + std::to_string(to_seconds(options_.stall_limit)) +
                          " s of virtual time: ";
    if (!connected_) return message + "connections between the devices do not open";
    const std::string what = in_flight_.empty()
                                 ? "no message is under way and no device is computing"
                                 : describe(in_flight_.begin()->second) + " does not arrive";
    return message + what + faults_begun_;
  }

  EmulationOptions options_;
  VirtualTime& time_;
  BatchSource& source_;
  Recorder& recorder_;
  CheckpointStore* checkpoints_;
  std::unique_ptr<Network> network_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::map<DeviceId, Device*> by_id_;
  std::map<std::uint64_t, MessageInFlight> in_flight_;
  WayFaults way_faults_;
  BatchFaults batch_faults_;
  std::string faults_begun_;  // for people
  std::uint64_t next_message_ = 1;
  std::uint64_t next_arming_ = 1;
  std::uint64_t operations_done_ = 0;
  int operations_running_ = 0;
  std::uint64_t watched_progress_ = 0;
  bool connected_ = false;
  bool finished_ = false;
  std::optional<Error> error_;
  std::exception_ptr exception_;
};

Emulation::Emulation(EmulationOptions options, VirtualTime& time,
                     const NetworkFactory& make_network, BatchSource& source, Recorder& recorder,
                     CheckpointStore* checkpoints)
    : world_(std::make_unique<World>(std::move(options), time, make_network, source, recorder,
                                     checkpoints)) {}

Emulation::~Emulation() = default;

Result<std::vector<LinkUse>> Emulation::run() { return world_->run(); }

std::vector<Fault> Emulation::faults_to_come() const { return world_->faults_to_come(); }

}  // namespace acceptlab::sim
