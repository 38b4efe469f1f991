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
      : options_(std::move(options)), time_(time) {
    network_ = make_network([this](std::uint64_t id) { guarded([&] { deliver(id); }); });
    for (const EmulatedDevice& device : options_.devices) {
      options_.central.devices.push_back(device.id);
    }
    for (const EmulatedDevice& device : options_.devices) {
      add_device(device, source, recorder, checkpoints);
    }
  }

  TimePoint now() const override { return time_.now(); }

  Result<std::vector<LinkUse>> run() {
    network_->connect(connections(), [this] {
      connected_ = true;
      guarded([this] { devices_[0]->node->start(); });
    });
    watch();
    time_.run();
    if (exception_) std::rethrow_exception(exception_);
    if (stall_) return *stall_;
    ACCEPTLAB_CHECK(finished_);
    return network_->use();
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
  };

  void add_device(const EmulatedDevice& emulated, BatchSource& source, Recorder& recorder,
                  CheckpointStore* checkpoints) {
    auto device = std::make_unique<Device>(*this, emulated);
    NodeWorld world{*this, *device, *device, *device, recorder, checkpoints, [this] {
                      finished_ = true;
                      time_.stop();
                    }};
    std::unique_ptr<CentralNode> central;
    const CentralConfig& config = options_.central;
    if (emulated.id == kCentralNode) {
      central = std::make_unique<CentralNode>(config, source, options_.replanner);
    }
    const Training training{config.schedule, config.shape, options_.replanner != nullptr};
    device->node = std::make_unique<Node>(emulated.id, PlanInForce{0, config.plan, {}}, training,
                                          std::move(central), std::move(world));
    by_id_[emulated.id] = device.get();
    devices_.push_back(std::move(device));
  }

  // Neighbours talk to each other, and every worker with the central node. Where the plan may
  // change, any two devices may become neighbours or exchange units.
  std::vector<std::pair<DeviceId, DeviceId>> connections() const {
    std::vector<std::pair<DeviceId, DeviceId>> pairs;
    if (options_.replanner != nullptr) {
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
      time_.at(now(), [this, &from, self, frame = std::move(frame), sent = now()] {
        guarded([&] { from.node->deliver(self, frame, sent); });
      });
      return;
    }
    const std::uint64_t id = next_message_++;
    const Bytes size = wire_size(frame);
    in_flight_.emplace(id, MessageInFlight{self, to, std::move(frame), now()});
    network_->send(self, to, size, id);
  }

  void deliver(std::uint64_t id) {
    const auto found = in_flight_.find(id);
    ACCEPTLAB_CHECK(found != in_flight_.end());
    const MessageInFlight message = std::move(found->second);
    in_flight_.erase(found);
    by_id_.at(message.to)->node->deliver(message.from, message.frame, message.sent);
  }

  void compute(Device& device, const Op& op) {
    OpResult result = device.emulated.compute->perform(op);
    result.cost = device.emulated.cost->cost(op, result.cost, now());
    ++operations_running_;
    const TimePoint end = now() + result.cost.total();
    time_.at(end, [this, &device, result = std::move(result)] {
      --operations_running_;
      ++operations_done_;
      guarded([&] { device.node->complete(result); });
    });
  }

  void arm(Device& device, TimerId timer, TimePoint at) {
    const std::uint64_t arming = next_arming_++;
    device.armed[timer] = arming;
    time_.at(std::max(at, now()), [this, &device, timer, arming] {
      const auto found = device.armed.find(timer);
      if (found == device.armed.end() || found->second != arming) return;
      device.armed.erase(found);
      guarded([&] { device.node->fire(timer); });
    });
  }

  void watch() {
    time_.after(options_.stall_limit, [this] {
      const std::uint64_t progress = network_->progress() + operations_done_;
      if (progress == watched_progress_ && operations_running_ == 0) {
        stall_ = Error{ErrorKind::kTimeout, stall_message()};
        time_.stop();
        return;
      }
      watched_progress_ = progress;
      watch();
    });
  }

  std::string stall_message() const {
    std::string message = "no progress for " + std::to_string(to_seconds(options_.stall_limit)) +
                          " s of virtual time: ";
    if (!connected_) return message + "connections between the devices do not open";
    if (in_flight_.empty()) return message + "no message is under way and no device is computing";
    return message + describe(in_flight_.begin()->second) + " does not arrive";
  }

  EmulationOptions options_;
  VirtualTime& time_;
  std::unique_ptr<Network> network_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::map<DeviceId, Device*> by_id_;
  std::map<std::uint64_t, MessageInFlight> in_flight_;
  std::uint64_t next_message_ = 1;
  std::uint64_t next_arming_ = 1;
  std::uint64_t operations_done_ = 0;
  int operations_running_ = 0;
  std::uint64_t watched_progress_ = 0;
  bool connected_ = false;
  bool finished_ = false;
  std::optional<Error> stall_;
  std::exception_ptr exception_;
};

Emulation::Emulation(EmulationOptions options, VirtualTime& time,
                     const NetworkFactory& make_network, BatchSource& source, Recorder& recorder,
                     CheckpointStore* checkpoints)
    : world_(std::make_unique<World>(std::move(options), time, make_network, source, recorder,
                                     checkpoints)) {}

Emulation::~Emulation() = default;

Result<std::vector<LinkUse>> Emulation::run() { return world_->run(); }

}  // namespace acceptlab::sim
