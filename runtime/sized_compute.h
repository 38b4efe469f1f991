#pragma once

#include "runtime/ports/stage_compute.h"
#include "runtime/ports/tensor_codec.h"

namespace acceptlab {

// float32 values of one sample that enter and leave a stage.
struct StageSizes {
  std::int64_t input_values = 0;
  std::int64_t output_values = 0;
  bool first = false;
  bool last = false;
};

// A stage without numerics: every result has the size it would have and no content. Scores have
// zero samples.
class SizedCompute : public StageCompute {
 public:
  // The codecs outlive it.
  SizedCompute(const StageSizes& sizes, const TensorCodec& forward, const TensorCodec& backward)
      : sizes_(sizes), forward_(forward), backward_(backward) {}

  OpResult perform(const Op& op) override;

 private:
  StageSizes sizes_;
  const TensorCodec& forward_;
  const TensorCodec& backward_;
};

}  // namespace acceptlab
