#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/ports/stage_compute.h"
#include "runtime/ports/tensor_codec.h"

namespace acceptlab {

// A run's codec, for sizes; both outlive what uses them.
struct SizingCodec {
  const TensorCodec* forward = nullptr;
  const TensorCodec* backward = nullptr;
};

struct UnitSize {
  std::int64_t output_values = 0;  // float32 of one sample that leave the unit
  Bytes state;                     // of the unit on its way to another device
};

// A stage without numerics: every result has the size it would have and no content. Scores have
// zero samples. It can be any stage: what it is, each operation says.
class SizedCompute : public StageCompute {
 public:
  // `units`: of the whole model. `codecs`: by PlannedStage::codec.
  SizedCompute(std::vector<UnitSize> units, std::vector<SizingCodec> codecs)
      : units_(std::move(units)), codecs_(std::move(codecs)) {}

  OpResult perform(const Op& op) override;

 private:
  std::int64_t values_after(int unit) const;

  std::vector<UnitSize> units_;
  std::vector<SizingCodec> codecs_;
};

}  // namespace acceptlab
