#pragma once

#include <cstdint>
#include <string>

#include "runtime/device_profile.h"
#include "runtime/sub_model_samples.h"
#include "runtime/torch/model.h"

namespace acceptlab::torch_stage {

struct ProfileOptions {
  ModelOptions model;
  int batch_samples = 32;
  int repetitions = 10;    // each time is the median of these
  int warmup = 2;          // runs before them that do not count
  std::uint64_t seed = 0;  // of weights and samples
  ProfileClock clock = ProfileClock::kCpu;
  std::string device;  // free text for the profile
};

// Measures this process's thread: the time of forward, backward and SGD update of every unit, as
// they run within the whole model; the loss counts as part of the last unit, and the first unit
// computes no gradient of its input, as in a first stage. Codec speeds and sub-models stay empty
// (sub_model_timing.h measures those). Throws ConfigError on an unknown model or counts that are
// not positive. Requires: initialise_torch was called in this thread.
DeviceProfile profile_units(const ProfileOptions& options);

// The same without times: names, shapes and sizes. Takes milliseconds.
DeviceProfile describe_model(const ModelOptions& options);

}  // namespace acceptlab::torch_stage
