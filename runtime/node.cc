#include "runtime/node.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "runtime/base/check.h"

namespace acceptlab {

namespace {

// Turns one machine's effects into calls of the world.
class Performer {
 public:
  Performer(NodeWorld& world, std::optional<OpSpan>& running, DeviceId device)
      : world_(world), running_(running), device_(device) {}

  void operator()(const SendFrame& effect) {
    Frame frame = effect.frame;
    if (effect.to != device_) frame.checksum = payload_checksum(frame.payload);
    world_.transport.send(effect.to, std::move(frame));
  }
  void operator()(const RunOp& effect) {
    ACCEPTLAB_CHECK(!running_);
    running_ = OpSpan{effect.op.stage,    device_, effect.op.kind, effect.op.key,
                      world_.clock.now(), OpCost{}};
    world_.executor.run(effect.op);
  }
  void operator()(const ArmTimer& effect) { world_.timers.arm(effect.timer, effect.at); }
  void operator()(const DisarmTimer& effect) { world_.timers.disarm(effect.timer); }
  void operator()(const StageSample& sample) { world_.recorder.record(sample); }
  void operator()(const BatchSample& sample) { world_.recorder.record(sample); }
  void operator()(const EpochSample& sample) { world_.recorder.record(sample); }
  void operator()(const RepartitionSample& sample) { world_.recorder.record(sample); }
  void operator()(const ReplicationSample& sample) { world_.recorder.record(sample); }
  void operator()(const RecoverySample& sample) { world_.recorder.record(sample); }
  void operator()(const SaveCheckpoint& effect) {
    if (world_.checkpoints != nullptr) world_.checkpoints->save(effect.next);
  }
  void operator()(const FinishRun&) {
    if (world_.finished) world_.finished();
  }
  void operator()(const FailRun& effect) {
    if (!world_.failed) throw std::runtime_error(effect.why);
    world_.failed(effect.why);
  }

 private:
  NodeWorld& world_;
  std::optional<OpSpan>& running_;
  const DeviceId device_;
};

}  // namespace

Node::Node(DeviceId device, PlanInForce in_force, const Training& training,
           std::unique_ptr<CentralNode> central, NodeWorld world)
    : device_(device),
      worker_(device, std::move(in_force), training),
      central_(std::move(central)),
      world_(std::move(world)) {}

void Node::start() {
  ACCEPTLAB_CHECK(central_ != nullptr);
  Effects effects;
  central_->start(world_.clock.now(), effects);
  perform(effects);
}

void Node::stop() {
  ACCEPTLAB_CHECK(central_ != nullptr);
  central_->stop();
}

void Node::deliver(DeviceId from, const Frame& frame, TimePoint sent) {
  // By real clocks, which agree but to a part of a round trip, it may come before it was sent.
  const TimePoint now = world_.clock.now();
  const TimePoint left = std::min(sent, now);
  if (from != device_) {
    world_.recorder.record(
        MessageSpan{from, device_, frame.kind, frame.key, wire_size(frame), left, now});
  }
  if (from != device_ && is_damaged(frame)) return handle(frame.kind, FrameDamaged{from, frame});
  handle(frame.kind, FrameArrived{from, frame, left});
}

// An event about a frame of this kind goes to whom the frame is addressed.
void Node::handle(FrameKind kind, const Event& event) {
  Effects effects;
  if (addressed_to_central(kind)) {
    ACCEPTLAB_CHECK(central_ != nullptr);
    central_->handle(world_.clock.now(), event, effects);
  } else {
    worker_.handle(world_.clock.now(), event, effects);
  }
  perform(effects);
}

void Node::lose(DeviceId peer) {
  if (central_ == nullptr) return;
  Effects effects;
  central_->handle(world_.clock.now(), PeerLost{peer}, effects);
  perform(effects);
}

void Node::welcome_back(DeviceId peer) {
  ACCEPTLAB_CHECK(central_ != nullptr);
  central_->welcome_back(peer);
}

void Node::complete(const OpResult& result) {
  ACCEPTLAB_CHECK(running_.has_value());
  running_->cost = result.cost;
  world_.recorder.record(*running_);
  running_.reset();
  Effects effects;
  worker_.handle(world_.clock.now(), OpDone{result}, effects);
  perform(effects);
}

void Node::fire(TimerId timer) {
  ACCEPTLAB_CHECK(central_ != nullptr);
  Effects effects;
  central_->handle(world_.clock.now(), TimerFired{timer}, effects);
  perform(effects);
}

void Node::perform(const Effects& effects) {
  Performer performer(world_, running_, device_);
  for (const Effect& effect : effects.list()) std::visit(performer, effect);
}

}  // namespace acceptlab
