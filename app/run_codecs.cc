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

std::vector<CodecName> codec_names(const scenarios::CodecSettings& settings) {
  const auto or_one = [](const std::vector<std::string>& choices, const std::string& one) {
    return choices.empty() ? std::vector<std::string>{one} : choices;
  };
  std::vector<CodecName> names;
  for (const std::string& forward : or_one(settings.forward_choices, settings.forward)) {
    for (const std::string& backward : or_one(settings.backward_choices, settings.backward)) {
      names.push_back({forward, backward});
    }
  }
  return names;
}

RunCodecs make_codecs(const Scenario& scenario, const PlanHistory& plans,
                      const TrainingShape& shape, const DeviceProfiles& profiles,
                      const LinkMeter& meter) {
  const LosslessRateSource rates = lossless_rates(scenario, plans, profiles, meter);
  RunCodecs codecs;
  for (const CodecName& name : codec_names(scenario.codec)) {
    codecs.push_back(
        {make_one(scenario, name.forward, rates), make_one(scenario, name.backward, rates)});
  }
  RunCodec& only = codecs.front();  // feedback is of one codec, without choices
  if (scenario.codec.activation_feedback == scenarios::ActivationFeedback::kDelta) {
    SampleIds samples(shape, static_cast<std::uint64_t>(scenario.seed));
    only.forward =
        std::make_unique<compression::DeltaCodec>(std::move(only.forward), std::move(samples));
  }
  if (scenario.codec.gradient_feedback == scenarios::GradientFeedback::kError) {
    only.backward = std::make_unique<compression::ErrorFeedbackCodec>(std::move(only.backward));
  }
  return codecs;
}

RunCodecs sizing_codecs(const Scenario& scenario) {
  RunCodecs codecs;
  for (const CodecName& name : codec_names(scenario.codec)) {
    codecs.push_back({make_one(scenario, name.forward), make_one(scenario, name.backward)});
  }
  return codecs;
}

}  // namespace acceptlab::app
