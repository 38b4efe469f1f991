#pragma once

#include <memory>
#include <string>

#include "app/plan_history.h"
#include "app/planning.h"
#include "app/run_codecs.h"
#include "runtime/device/device_loop.h"
#include "runtime/link_meter.h"
#include "runtime/node.h"
#include "runtime/plan_in_force.h"
#include "runtime/torch/device.h"
#include "runtime/torch/input_format.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// What a real device, central node or worker, is made of once its plan is known. Computes on the
// work thread alone.
class DevicePart {
 public:
  struct Setting {
    const scenarios::Scenario& scenario;
    DeviceId self;
    Plan plan;
    Training training;
    const DeviceProfiles& profiles;
    torch_stage::InputFormat input;  // used by the first stage
  };

  // All references, those in `setting` too, outlive the part; `recorder` takes what the device
  // records. `central` and `checkpoints` are the central node's; elsewhere null.
  DevicePart(const Setting& setting, device::DeviceLoop& loop, device::SteadyClock& clock,
             device::WorkThread& work, Recorder& recorder, std::unique_ptr<CentralNode> central,
             CheckpointStore* checkpoints, std::function<void()> finished);
  ~DevicePart();
  DevicePart(const DevicePart&) = delete;
  DevicePart& operator=(const DevicePart&) = delete;

  Node& node() { return *node_; }
  PlanHistory& plans() { return plans_; }
  // State of the units that the device has. Requires: no operation is under way.
  std::vector<torch_stage::UnitState> state();
  void load(const std::vector<torch_stage::UnitState>& units);

 private:
  device::DeviceLoop& loop_;
  device::WorkThread& work_;
  PlanHistory plans_;
  LinkMeter meter_;
  std::unique_ptr<Recorder> metering_;
  RunCodecs codecs_;
  std::unique_ptr<torch_stage::TorchDevice> torch_;
  std::unique_ptr<Node> node_;
};

}  // namespace acceptlab::app
