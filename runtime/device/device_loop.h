#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runtime/device/socket_links.h"
#include "runtime/device/steady_clock.h"
#include "runtime/device/work_thread.h"
#include "runtime/node.h"
#include "runtime/ports/executor.h"
#include "runtime/ports/stage_compute.h"
#include "runtime/ports/timers.h"
#include "runtime/ports/transport.h"

namespace acceptlab::device {

// What a loop tells the application beside the training.
struct LoopHandlers {
  // A control message, or one of another session.
  std::function<void(const Arrived&)> control;
  // The connection to a device broke, or messages of it are missing.
  std::function<void(const std::string& name)> lost;
  // A frame that the node is about to get; may be empty.
  std::function<void(DeviceId from, const Frame&)> frame = {};
};

// The world of a real device: drives a node by sockets and a thread that computes. One event at a
// time; none is handled inside a call of the node. One thread owns it.
class DeviceLoop : public Transport, public Executor, public Timers {
 public:
  // `names`: of all devices of the training, by their number. `self`: the number of this one. All
  // references outlive the loop.
  DeviceLoop(DeviceId self, std::vector<std::string> names, SocketLinks& links, SteadyClock& clock,
             WorkThread& work, LoopHandlers handlers);
  // Waits for operations under way.
  ~DeviceLoop() override;
  DeviceLoop(const DeviceLoop&) = delete;
  DeviceLoop& operator=(const DeviceLoop&) = delete;

  // What computes, on the work thread. Outlives the loop.
  void use(StageCompute* compute) { compute_ = compute; }
  // Frames go there from now on; null: they are dropped. Outlives the loop.
  void attach(Node* node) { node_ = node; }

  // Waits for something to happen, at most so long, and handles it. Rethrows what an operation
  // threw; throws std::runtime_error on a frame that cannot be one.
  void step(Duration at_most);

  void send(DeviceId to, Frame frame) override;
  void run(Op op) override;
  void arm(TimerId timer, TimePoint at) override { armed_[timer] = at; }
  void disarm(TimerId timer) override { armed_.erase(timer); }

 private:
  struct LocalFrame {
    Frame frame;
    TimePoint sent{};
  };

  void fire_due();
  Duration until_due(Duration at_most) const;
  void deliver_local();
  void deliver(const Arrived& arrived);
  void deliver(DeviceId from, const Frame& frame, TimePoint sent);

  const DeviceId self_;
  const std::vector<std::string> names_;
  std::map<std::string, DeviceId> ids_;
  SocketLinks& links_;
  SteadyClock& clock_;
  WorkThread& work_;
  const LoopHandlers handlers_;
  StageCompute* compute_ = nullptr;
  Node* node_ = nullptr;
  std::deque<LocalFrame> local_;  // from this device to itself
  std::map<TimerId, TimePoint> armed_;
};

}  // namespace acceptlab::device
