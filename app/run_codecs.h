#pragma once

#include <memory>

#include "app/plan_history.h"
#include "app/planning.h"
#include "runtime/link_meter.h"
#include "runtime/ports/tensor_codec.h"
#include "runtime/training_shape.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// The codecs of a run: one for each direction serves every cut, and both ends of it.
struct RunCodecs {
  std::unique_ptr<TensorCodec> forward;   // activations
  std::unique_ptr<TensorCodec> backward;  // gradients
};

// As the scenario's [codec] says. Where zstd is an option, a message takes it when it pays for
// itself at the rate that `meter` has measured on the message's link. `plans` and `meter` outlive
// the codecs.
RunCodecs make_codecs(const scenarios::Scenario& scenario, const PlanHistory& plans,
                      const TrainingShape& shape, const DeviceProfiles& profiles,
                      const LinkMeter& meter);

// The same without memory of earlier messages or knowledge of links: for the sizes of messages.
RunCodecs sizing_codecs(const scenarios::Scenario& scenario);

}  // namespace acceptlab::app
