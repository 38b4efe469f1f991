#include "app/device/device_part.h"

#include <utility>

#include "app/metering_recorder.h"
#include "app/stages.h"

namespace acceptlab::app {

DevicePart::DevicePart(const Setting& setting, device::DeviceLoop& loop, device::SteadyClock& clock,
                       device::WorkThread& work, Recorder& recorder,
                       std::unique_ptr<CentralNode> central, CheckpointStore* checkpoints,
                       std::function<void()> finished)
    : loop_(loop),
      work_(work),
      plans_(setting.plan),
      metering_(std::make_unique<MeteringRecorder>(recorder, meter_, plans_)),
      codecs_(
          make_codecs(setting.scenario, plans_, setting.training.shape, setting.profiles, meter_)) {
  const PlanInForce in_force{0, setting.plan, {}};
  work_.run([&] {
    torch_ = make_stage_device(setting.scenario, stage_of(setting.self, in_force, setting.training),
                               setting.input, codecs_);
  });
  node_ = std::make_unique<Node>(
      setting.self, in_force, setting.training, std::move(central),
      NodeWorld{clock, loop_, loop_, loop_, *metering_, checkpoints, std::move(finished)});
  loop_.use(torch_.get());
  loop_.attach(node_.get());
}

// What was computed is let go of where it was computed.
DevicePart::~DevicePart() {
  loop_.attach(nullptr);
  work_.run([this] { torch_.reset(); });
}

std::vector<torch_stage::UnitState> DevicePart::state() {
  std::vector<torch_stage::UnitState> units;
  work_.run([&] { units = torch_->state(); });
  return units;
}

void DevicePart::load(const std::vector<torch_stage::UnitState>& units) {
  work_.run([&] { torch_->load(units, 0); });
}

}  // namespace acceptlab::app
