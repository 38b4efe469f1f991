#include "runtime/node.h"

#include <utility>

#include "runtime/base/check.h"

namespace acceptlab {

namespace {

// Turns one machine's effects into calls of the world.
class Performer {
 public:
  Performer(NodeWorld& world, std::optional<OpSpan>& running, DeviceId device)
      : world_(world), running_(running), device_(device) {}

  void operator()(const SendFrame& effect) { world_.transport.send(effect.to, effect.frame); }
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
  void operator()(const SaveCheckpoint& effect) {
    if (world_.checkpoints != nullptr) world_.checkpoints->save(effect.epochs_done);
  }
  void operator()(const FinishRun&) {
    if (world_.finished) world_.finished();
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

void Node::deliver(DeviceId from, const Frame& frame, TimePoint sent) {
  const TimePoint now = world_.clock.now();
  if (from != device_) {
    world_.recorder.record(
        MessageSpan{from, device_, frame.kind, frame.key, wire_size(frame), sent, now});
  }
  Effects effects;
  const FrameArrived arrived{from, frame, sent};
  if (addressed_to_central(frame.kind)) {
    ACCEPTLAB_CHECK(central_ != nullptr);
    central_->handle(now, arrived, effects);
  } else {
    worker_.handle(now, arrived, effects);
  }
  perform(effects);
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
