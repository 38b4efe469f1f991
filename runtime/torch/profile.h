#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "runtime/device_profile.h"
#include "runtime/torch/model.h"

namespace acceptlab::torch_stage {

enum class SubModels {
  kNone,  // units only; the profile adds them up
  kAll,   // every range of two and more units, run as one piece
};

struct ProfileOptions {
  ModelOptions model;
  int batch_samples = 32;
  int repetitions = 10;  // each time is the median of these
  int warmup = 2;        // runs before them that do not count
  SubModels sub_models = SubModels::kNone;
  std::uint64_t seed = 0;  // of weights and samples
  std::string device;      // free text for the profile
  // Called after every sub-model, the whole model counting as the first, with how many are done.
  std::function<void(int done, int total)> progress;
};

// Measures this process's thread: processor time of forward, backward and SGD update of every
// unit, as they run within the whole model; the loss counts as part of the last unit, and the
// first unit computes no gradient of its input, as in a first stage. Codec speeds stay empty.
// Throws ConfigError on an unknown model or counts that are not positive.
// Requires: initialise_torch was called in this thread.
DeviceProfile profile_model(const ProfileOptions& options);

// The same without times: names, shapes and sizes. Takes milliseconds.
DeviceProfile describe_model(const ModelOptions& options);

}  // namespace acceptlab::torch_stage
