#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "runtime/sub_model_samples.h"
#include "runtime/torch/model.h"

namespace acceptlab::torch_stage {

// How a sample sums its runs up.
enum class RunAverage {
  kMedian,  // what interrupts a few of them does not count
  kMean,    // waiting counts: under a quota it is part of what a run takes
};

struct SubModelTimingOptions {
  ModelOptions model;
  int batch_samples = 32;
  std::uint64_t seed = 0;  // of weights, samples and the order of measurements
  std::vector<UnitRange> sub_models;
  // Passes over all of them, in another random order each: what is slow for a while on this
  // machine then hits some samples of many sub-models, and not all samples of a few.
  int rounds = 3;
  // Every sample is the average of as many runs as take this long together, 1 to 64.
  Duration sample_time = std::chrono::milliseconds(10);
  RunAverage average = RunAverage::kMedian;
};

// Times forward and backward (without update) of each sub-model run as one piece, on the clocks of
// SubModelSample; the loss counts as part of the last unit. Skips what is among `known`, as a run
// that was interrupted left it; hands on every sample as it is made.
// Throws ConfigError on an unknown model, a sub-model outside it, counts that are not positive.
// Requires: initialise_torch was called in this thread.
void time_sub_models(const SubModelTimingOptions& options, const std::vector<SubModelSample>& known,
                     const std::function<void(const SubModelSample&)>& take);

}  // namespace acceptlab::torch_stage
