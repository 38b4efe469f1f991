#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/device/cluster.h"
#include "app/device/keyring.h"
#include "app/device/link_probe.h"
#include "app/device/state_questions.h"
#include "app/planning.h"
#include "runtime/device/socket_links.h"
#include "runtime/device/steady_clock.h"
#include "runtime/device/work_thread.h"
#include "runtime/plan_in_force.h"
#include "runtime/samples.h"
#include "runtime/torch/checkpoint.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

class EpochOrder;

// What the central node works with during a training.
struct CentralContext {
  const Keyring& keyring;
  device::SocketLinks& links;
  device::SteadyClock& clock;
  device::WorkThread& work;
  std::function<void(const std::string&)> log;
  std::function<bool()> interrupted;  // the user wants it to end
};

// By sending and receiving device.
using MeasuredLinks = std::map<std::pair<int, int>, LinkMeasurement>;

// The central node's hold on its workers in one training: before it, one question after the other;
// during it, what workers say beside their frames. All but control() and send_* wait for answers,
// and throw std::runtime_error where one does not come in time or a worker reports an error.
class ClusterSession {
 public:
  // `devices`: in the scenario's order. All references outlive the session.
  ClusterSession(CentralContext& context, const std::vector<ClusterDevice>& devices,
                 const scenarios::Scenario& scenario);
  // Lets workers go that still wait.
  ~ClusterSession();
  ClusterSession(const ClusterSession&) = delete;
  ClusterSession& operator=(const ClusterSession&) = delete;

  // Finds all workers, compares versions, hands them the scenario.
  void greet();
  // Measures device after device; `sub_models` beside their units.
  DeviceProfiles profile(const std::vector<UnitRange>& sub_models);
  // Adds to each device's profile the stage that the plan gives it.
  void profile_stages(const Plan& plan, DeviceProfiles& profiles);
  // Both directions of every pair of devices.
  MeasuredLinks measure_links();
  // Moves the workers' clocks to the central node's.
  void compare_clocks();
  // Workers become ready for their first frame. `checkpoint`: to go on from; may be null.
  void begin(const Plan& plan, const Training& training, const torch_stage::Checkpoint* checkpoint);

  // Where what workers have recorded goes; outlives the session's training.
  void record_to(EpochOrder& order);
  // All workers hand over what they have recorded so far.
  void ask_for_records();
  // A control message that has come during training.
  void control(const device::Arrived& message);
  // The connection to a worker has broken, or messages of it are missing: ends the session with
  // std::runtime_error, unless it survives losses.
  void lost(const std::string& device);
  // From now on this is told to `tell`, which finds out whether the worker is there. Those that are
  // not are invited again; `back`: one of them can take part.
  void survive_losses(std::function<void(DeviceId)> tell, std::function<void(DeviceId)> back);
  // What has been found out. Nothing is expected any more from those that are lost.
  void recovered(const RecoverySample& recovery);
  void send_plan(std::uint32_t term, const Plan& plan);

  // Every worker's units as they are when it has handled what was sent to it before.
  using States = StateQuestions::States;
  void ask_for_states(std::function<void(States)> then);
  // Waits for states asked for and for all records; lets the workers go.
  void finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace acceptlab::app
