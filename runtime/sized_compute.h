#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/ports/stage_compute.h"
#include "runtime/ports/tensor_codec.h"

namespace acceptlab {

struct UnitSize {
  std::int64_t output_values = 0;  // float32 of one sample that leave the unit
  Bytes state;                     // of the unit on its way to another device
};

// A stage without numerics: every result has the size it would have and no content. Scores have
// zero samples. It can be any stage: what it is, each operation says.
class SizedCompute : public StageCompute {
 public:
  // `units`: of the whole model. The codecs outlive it.
  SizedCompute(std::vector<UnitSize> units, const TensorCodec& forward, const TensorCodec& backward)
      : units_(std::move(units)), forward_(forward), backward_(backward) {}

  OpResult perform(const Op& op) override;

 private:
  std::int64_t values_after(int unit) const;

  std::vector<UnitSize> units_;
  const TensorCodec& forward_;
  const TensorCodec& backward_;
};

}  // namespace acceptlab
