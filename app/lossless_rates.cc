#include "app/lossless_rates.h"

#include <utility>

#include "app/profiles.h"
#include "runtime/torch/stage.h"

namespace acceptlab::app {

namespace {

using compression::LosslessRate;
using compression::LosslessRateSource;
using scenarios::Scenario;

// One stage as an end of a link: where it is and what zstd costs there.
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

LosslessRateSource lossless_rates(const Scenario& scenario, const std::vector<StageConfig>& configs,
                                  const DeviceProfiles& profiles, const LinkMeter& meter) {
  std::vector<LinkEnd> ends;
  for (const StageConfig& config : configs) {
    ends.push_back(link_end(scenario, profiles, config.device));
  }
  return [ends = std::move(ends), &meter](TensorId id) {
    const torch_stage::EncodedTensor tensor = torch_stage::encoded_tensor(id);
    const int step = tensor.direction == torch_stage::Direction::kActivation ? 1 : -1;
    const LinkEnd& from = ends.at(static_cast<std::size_t>(tensor.stage));
    const LinkEnd& to = ends.at(static_cast<std::size_t>(tensor.stage + step));
    return LosslessRate{meter.rate(from.device, to.device), from.zstd.encode_ns_per_value,
                        to.zstd.decode_ns_per_value};
  };
}

}  // namespace acceptlab::app
