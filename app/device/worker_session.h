#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/device/keyring.h"
#include "runtime/device/socket_links.h"
#include "runtime/device/steady_clock.h"
#include "runtime/device/work_thread.h"

namespace acceptlab::app {

// What a worker works with, for as long as it runs.
struct WorkerContext {
  const Keyring& keyring;
  device::SocketLinks& links;
  device::SteadyClock& clock;
  device::WorkThread& work;
  std::function<void(const std::string&)> log;
};

// A worker's part in one training, from the central node's greeting until it lets go of the worker
// or is lost.
class WorkerSession {
 public:
  // `hello`: the control message that begins it. The context outlives the session.
  WorkerSession(WorkerContext& context, const device::Arrived& hello);
  ~WorkerSession();

  // Waits for something to happen, at most so long, and handles it. Errors go to the central node.
  void step(Duration at_most);
  bool over() const;
  // Another session's greeting has come, which ends this one: the message, once.
  std::unique_ptr<device::Arrived> take_next_hello();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Whether a message is a greeting: the first of a session, or, where this device was started again
// while training was under way, the first that it is to have part in.
bool is_hello(const device::Arrived& message);

}  // namespace acceptlab::app
