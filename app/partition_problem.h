#pragma once

#include "app/planning.h"
#include "app/run_codecs.h"
#include "partition/problem.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// What the cut of a scenario is chosen by, but for the times of sub-models, which a forecaster adds
// (partition::with_times): messages as they cross (encoded, with the frame's header; of codecs but
// the first by their mean ratio to it), codec times as the device profiles record them (none are
// counted where they do not), what each codec loses (codec_quality.h), planning rates and delays of
// the links. Its codecs have the numbers of codec_names(). `codecs`: sizing_codecs(scenario).
partition::Problem partition_problem(const scenarios::Scenario& scenario,
                                     const DeviceProfiles& profiles, const RunCodecs& codecs);

// Whether every device's profile records the times of the scenario's codecs.
bool knows_codec_times(const scenarios::Scenario& scenario, const DeviceProfiles& profiles);

}  // namespace acceptlab::app
