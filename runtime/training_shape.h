#pragma once

#include <cstdint>

#include "runtime/batch_key.h"

namespace acceptlab {

// How samples become mini-batches and micro-batches; every device derives the same numbers from it.
struct TrainingShape {
  std::int64_t train_samples = 0;  // per epoch
  std::int64_t test_samples = 0;   // 0: no evaluation
  int batch_samples = 1;           // of a mini-batch; the last of an epoch may be shorter
  int micro_batches = 1;           // of a full mini-batch
  int evaluation_batch_samples = 1;

  // Mini-batches in one epoch of training, or batches of one evaluation.
  int batches(Phase phase) const;
  int samples_in_batch(Phase phase, int batch) const;
  // At most micro_batches, fewer where the mini-batch has fewer samples; one in evaluation.
  int micro_batches_in(Phase phase, int batch) const;
  // Of all mini-batches of training before this one.
  int micro_batches_before(int batch) const;
  // Sizes differ by at most one, larger ones first.
  int samples_in_micro(const BatchKey& key) const;
  // Index of the micro-batch's first sample within the epoch's order.
  std::int64_t first_sample(const BatchKey& key) const;
};

}  // namespace acceptlab
