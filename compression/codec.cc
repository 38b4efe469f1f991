#include "compression/codec.h"

#include "compression/grouped_codec.h"
#include "compression/multi_bit.h"
#include "compression/uniform.h"
#include "compression/value_codec.h"
#include "runtime/base/check.h"

namespace acceptlab::compression {

std::unique_ptr<TensorCodec> make_codec(const CodecSpec& spec, std::uint64_t seed) {
  ACCEPTLAB_CHECK(!check_spec(spec));
  std::unique_ptr<GroupQuantizer> quantizer;
  switch (spec.scheme) {
    case Scheme::kNone:
    case Scheme::kFp16:
      return std::make_unique<ValueCodec>(spec);
    case Scheme::kUniform:
      quantizer = std::make_unique<UniformQuantizer>(spec.bits, Rounding::kNearest);
      break;
    case Scheme::kSuq:
      quantizer = std::make_unique<UniformQuantizer>(spec.bits, Rounding::kStochastic);
      break;
    case Scheme::kMbq:
      quantizer = std::make_unique<MultiBitQuantizer>(spec.bits, spec.offset);
      break;
  }
  return std::make_unique<GroupedCodec>(spec, seed, std::move(quantizer));
}

}  // namespace acceptlab::compression
