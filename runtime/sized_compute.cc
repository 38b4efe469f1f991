#include "runtime/sized_compute.h"

namespace acceptlab {

OpResult SizedCompute::perform(const Op& op) {
  const auto values_in = static_cast<std::size_t>(op.samples * sizes_.input_values);
  const auto values_out = static_cast<std::size_t>(op.samples * sizes_.output_values);
  OpResult result;
  switch (op.kind) {
    case OpKind::kForward:
      if (!sizes_.last) result.output = Payload::sized(forward_.encoded_size(values_out));
      break;
    case OpKind::kBackward:
    case OpKind::kForwardBackward:
      if (!sizes_.first) result.output = Payload::sized(backward_.encoded_size(values_in));
      break;
    case OpKind::kEvaluate:  // evaluation sends plain float32
      if (!sizes_.last)
        result.output = Payload::sized(Bytes(4 * static_cast<std::int64_t>(values_out)));
      break;
    case OpKind::kUpdate:
    case OpKind::kAggregate:
      break;
  }
  return result;
}

}  // namespace acceptlab
