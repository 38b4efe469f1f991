#pragma once

#include "runtime/batch_key.h"
#include "runtime/payload.h"

namespace acceptlab {

// Where the central node takes samples from. The order of an epoch's samples is a function of the
// seed and the epoch alone.
class BatchSource {
 public:
  virtual ~BatchSource() = default;
  // Raw samples of one micro-batch, one byte per value: [samples, channels, height, width].
  virtual Payload inputs(const BatchKey& key) = 0;
  // One byte a sample: its class.
  virtual Payload labels(const BatchKey& key) = 0;
};

}  // namespace acceptlab
