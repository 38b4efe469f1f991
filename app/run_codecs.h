#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/plan_history.h"
#include "app/planning.h"
#include "runtime/link_meter.h"
#include "runtime/ports/tensor_codec.h"
#include "runtime/training_shape.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// One codec of a run: serves every cut that the plan gives it to, and both ends of it.
struct RunCodec {
  std::unique_ptr<TensorCodec> forward;   // activations
  std::unique_ptr<TensorCodec> backward;  // gradients
};

// All of them, by PlannedStage::codec; never empty.
using RunCodecs = std::vector<RunCodec>;

struct CodecName {
  std::string forward;
  std::string backward;
  std::string text() const { return forward == backward ? forward : forward + "/" + backward; }
};

// By the same number: every encoding of activations that the scenario allows with every one of
// gradients.
std::vector<CodecName> codec_names(const scenarios::CodecSettings& settings);

// As the scenario's [codec] says. Where zstd is an option, a message takes it when it pays for
// itself at the rate that `meter` has measured on the message's link. `plans` and `meter` outlive
// the codecs.
RunCodecs make_codecs(const scenarios::Scenario& scenario, const PlanHistory& plans,
                      const TrainingShape& shape, const DeviceProfiles& profiles,
                      const LinkMeter& meter);

// The same without memory of earlier messages or knowledge of links: for the sizes of messages.
RunCodecs sizing_codecs(const scenarios::Scenario& scenario);

}  // namespace acceptlab::app
