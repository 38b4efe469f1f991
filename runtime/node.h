#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "runtime/central_node.h"
#include "runtime/device_worker.h"
#include "runtime/ports/checkpoint_store.h"
#include "runtime/ports/clock.h"
#include "runtime/ports/executor.h"
#include "runtime/ports/recorder.h"
#include "runtime/ports/timers.h"
#include "runtime/ports/transport.h"

namespace acceptlab {

// The world that a node lives in; all outlive the node.
struct NodeWorld {
  Clock& clock;
  Transport& transport;
  Executor& executor;
  Timers& timers;
  Recorder& recorder;
  CheckpointStore* checkpoints = nullptr;  // central node only
  std::function<void()> finished;          // central node only: the run has ended
  // Central node only: the run cannot go on. Empty: std::runtime_error is thrown instead.
  std::function<void(const std::string& why)> failed = nullptr;
};

// A device: the machine of its part in the pipeline, on the central node also the central machine,
// and the code that turns their effects into calls of the world. Emulated and real devices differ
// in the world only.
class Node {
 public:
  // `central` is set on the central node. `in_force` without a plan: a device that starts in the
  // middle of a run and waits for one.
  Node(DeviceId device, PlanInForce in_force, const Training& training,
       std::unique_ptr<CentralNode> central, NodeWorld world);

  // Central node, once: all devices can be reached.
  void start();
  // Central node: the run is to end soon, with a checkpoint to go on from; see CentralNode::stop().
  void stop();
  // A frame has arrived. `sent` is when the sender handed it to its transport.
  void deliver(DeviceId from, const Frame& frame, TimePoint sent);
  // The operation given to the executor has ended.
  void complete(const OpResult& result);
  // The transport reaches this device no more. Does nothing but on the central node.
  void lose(DeviceId peer);
  // It can be reached again, and takes part from the next return to a snapshot on. Requires: the
  // central node.
  void welcome_back(DeviceId peer);
  // Frames of the central node to this device may be missing; see DeviceWorker::lose_track().
  void lose_track() { worker_.lose_track(); }
  // A timer has fired. Requires: the central node, whose machine alone arms timers.
  void fire(TimerId timer);

 private:
  void handle(FrameKind kind, const Event& event);
  void perform(const Effects& effects);

  const DeviceId device_;
  DeviceWorker worker_;
  std::unique_ptr<CentralNode> central_;
  NodeWorld world_;
  std::optional<OpSpan> running_;
};

}  // namespace acceptlab
