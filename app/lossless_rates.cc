#include "app/lossless_rates.h"

#include <utility>
#include <vector>

#include "app/profiles.h"
#include "runtime/torch/stage.h"

namespace acceptlab::app {

namespace {

using compression::LosslessRate;
using compression::LosslessRateSource;
using scenarios::Scenario;

// A device as an end of a link, and what zstd costs there.
struct LinkEnd {
  DeviceId device;
  CodecSpeed zstd;  // a byte
};

LinkEnd link_end(const Scenario& scenario, const DeviceProfiles& profiles, DeviceId device) {
  const auto index = static_cast<std::size_t>(device.value);
  LinkEnd end{device, {}};
  const auto measured = profiles[index].codecs.find(kZstdSpeed);
  if (measured == profiles[index].codecs.end()) return end;
  const double slowdown = scenario.devices[index].slowdown;
  end.zstd.encode_ns_per_value = slowdown * measured->second.encode_ns_per_value;
  end.zstd.decode_ns_per_value = slowdown * measured->second.decode_ns_per_value;
  return end;
}

}  // namespace

LosslessRateSource lossless_rates(const Scenario& scenario, const PlanHistory& plans,
                                  const DeviceProfiles& profiles, const LinkMeter& meter) {
  std::vector<LinkEnd> ends;  // by device
  for (std::size_t d = 0; d < profiles.size(); ++d) {
    ends.push_back(link_end(scenario, profiles, DeviceId{static_cast<int>(d)}));
  }
  return [ends = std::move(ends), &plans, &meter](TensorId id) {
    const torch_stage::EncodedTensor tensor = torch_stage::encoded_tensor(id);
    // Since that term the cut has been between the same two devices.
    const Plan plan = plans.of_term(tensor.cut_term);
    const std::vector<PlannedStage>& stages = plan.stages;
    const auto end_at = [&](int stage) -> const LinkEnd& {
      const DeviceId device = stages.at(static_cast<std::size_t>(stage)).device;
      return ends.at(static_cast<std::size_t>(device.value));
    };
    const int step = tensor.direction == torch_stage::Direction::kActivation ? 1 : -1;
    const LinkEnd& from = end_at(tensor.stage);
    const LinkEnd& to = end_at(tensor.stage + step);
    return LosslessRate{meter.rate(from.device, to.device), from.zstd.encode_ns_per_value,
                        to.zstd.decode_ns_per_value};
  };
}

}  // namespace acceptlab::app
