#include "app/run_codecs.h"

#include <string>
#include <utility>

#include "app/lossless_rates.h"
#include "app/sample_ids.h"
#include "compression/codec.h"
#include "compression/feedback.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

using compression::LosslessRateSource;
using scenarios::Scenario;

std::unique_ptr<TensorCodec> make_one(const Scenario& scenario, const std::string& name,
                                      LosslessRateSource rates = {}) {
  Result<compression::CodecSpec> spec = compression::parse_codec(name, scenario.codec.group_values);
  if (!spec) throw ConfigError(spec.error().message);
  return compression::make_codec(spec.value(), static_cast<std::uint64_t>(scenario.seed),
                                 std::move(rates));
}

}  // namespace

RunCodecs make_codecs(const Scenario& scenario, const PlanHistory& plans,
                      const TrainingShape& shape, const DeviceProfiles& profiles,
                      const LinkMeter& meter) {
  const LosslessRateSource rates = lossless_rates(scenario, plans, profiles, meter);
  RunCodecs codecs;
  codecs.forward = make_one(scenario, scenario.codec.forward, rates);
  codecs.backward = make_one(scenario, scenario.codec.backward, rates);
  if (scenario.codec.activation_feedback == scenarios::ActivationFeedback::kDelta) {
    SampleIds samples(shape, static_cast<std::uint64_t>(scenario.seed));
    codecs.forward =
        std::make_unique<compression::DeltaCodec>(std::move(codecs.forward), std::move(samples));
  }
  if (scenario.codec.gradient_feedback == scenarios::GradientFeedback::kError) {
    codecs.backward = std::make_unique<compression::ErrorFeedbackCodec>(std::move(codecs.backward));
  }
  return codecs;
}

RunCodecs sizing_codecs(const Scenario& scenario) {
  return {make_one(scenario, scenario.codec.forward), make_one(scenario, scenario.codec.backward)};
}

}  // namespace acceptlab::app
