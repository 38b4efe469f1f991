#include "runtime/sized_compute.h"

#include <cstddef>

namespace acceptlab {

std::int64_t SizedCompute::values_after(int unit) const {
  return units_[static_cast<std::size_t>(unit)].output_values;
}

OpResult SizedCompute::perform(const Op& op) {
  const bool first = op.units.begin == 0;
  const bool last = op.units.end == static_cast<int>(units_.size());
  const auto values = [&](int unit) {
    return static_cast<std::size_t>(op.samples * values_after(unit));
  };
  const auto codec = [&]() -> const SizingCodec& {
    return codecs_.at(static_cast<std::size_t>(op.output_codec));
  };
  OpResult result;
  switch (op.kind) {
    case OpKind::kForward:
      if (!last) {
        result.output = Payload::sized(codec().forward->encoded_size(values(op.units.end - 1)));
      }
      break;
    case OpKind::kBackward:
    case OpKind::kForwardBackward:
      if (!first) {
        result.output = Payload::sized(codec().backward->encoded_size(values(op.units.begin - 1)));
      }
      break;
    case OpKind::kEvaluate:  // evaluation sends plain float32
      if (!last) {
        const auto count = static_cast<std::int64_t>(values(op.units.end - 1));
        result.output = Payload::sized(Bytes(4 * count));
      }
      break;
    case OpKind::kExport: {
      Bytes whole;
      for (int unit = op.units.begin; unit < op.units.end; ++unit) {
        const Bytes state = units_[static_cast<std::size_t>(unit)].state;
        if (op.each_unit) result.parts.push_back(Payload::sized(state));
        whole += state;
      }
      if (!op.each_unit) result.output = Payload::sized(whole);
      break;
    }
    case OpKind::kUpdate:
    case OpKind::kAggregate:
    case OpKind::kAdopt:
      break;
  }
  return result;
}

}  // namespace acceptlab
