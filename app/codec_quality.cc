#include "app/codec_quality.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "app/tensor_difference.h"
#include "compression/codec.h"
#include "compression/codec_spec.h"
#include "runtime/base/check.h"
#include "runtime/base/rng.h"

namespace acceptlab::app {

namespace {

constexpr std::size_t kValues = 1 << 16;

std::vector<float> activations() {
  Rng rng(1, "activations to judge codecs by");
  std::vector<float> values(kValues);
  for (float& value : values) value = static_cast<float>(std::clamp(2.0 * rng.normal(), 0.0, 6.0));
  return values;
}

std::vector<float> gradients() {
  constexpr double kScale = 1e-3;
  Rng rng(1, "gradients to judge codecs by");
  std::vector<float> values(kValues);
  for (float& value : values) {
    const double size = rng.exponential(kScale);
    value = static_cast<float>(rng.uniform() < 0.5 ? -size : size);
  }
  return values;
}

double lost(const std::string& name, const std::vector<float>& values) {
  const auto codec = compression::make_codec(compression::parse_codec(name).value(), 1);
  const auto bytes = codec->encode(values, {});
  ACCEPTLAB_CHECK(bytes.ok());
  std::vector<float> decoded(values.size());
  const bool read = codec->decode(Span<const std::uint8_t>(bytes.value()), {}, decoded).ok();
  ACCEPTLAB_CHECK(read);
  return std::pow(compare_tensors(values, decoded).relative_l2_error, 2);
}

}  // namespace

double lost_of_activations(const std::string& codec) { return lost(codec, activations()); }
double lost_of_gradients(const std::string& codec) { return lost(codec, gradients()); }

}  // namespace acceptlab::app
