#pragma once

#include <vector>

#include "results/run_records.h"
#include "runtime/ports/recorder.h"

namespace acceptlab::results {

// A strict 1F1B pipeline with constant times, for tests and sample figures: a drawing of what the
// runtime does, made without it.
struct SamplePipeline {
  std::vector<OpCost> stages;  // of one mini-batch
  Duration activation{0};      // transfer over each cut, forward
  Duration gradient{0};        // and back
  Bytes activation_bytes;
  Bytes gradient_bytes;
  int batches = 0;  // per epoch
  int epochs = 0;
  int batch_samples = 32;
  Duration evaluation{0};   // after each epoch
  double final_loss = 0.4;  // the made-up curve falls towards it
  double final_accuracy = 88.0;
};

// Records all epochs, in order of time within each kind of record; returns what the links carried.
std::vector<LinkRow> run_sample(const SamplePipeline& pipeline, Recorder& recorder);

// A description that suits it: device k does units 2k+1 and 2k+2.
RunDescription describe_sample(const SamplePipeline& pipeline);

}  // namespace acceptlab::results
