#include "bench/compression/inputs.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "bench/compression/aligned_buffer.h"
#include "runtime/base/check.h"
#include "runtime/base/rng.h"

namespace acceptlab::codec_bench {

namespace {

constexpr std::uint64_t kSeed = 1;

void fill(Data data, Span<float> values) {
  Rng rng(kSeed, to_string(data));
  for (float& value : values) {
    if (data == Data::kActivations) {
      value = static_cast<float>(std::clamp(2.0 * rng.normal(), 0.0, 6.0));
    } else {
      const double magnitude = rng.exponential(1e-3);
      value = static_cast<float>(rng.below(2) == 0 ? magnitude : -magnitude);
    }
  }
}

}  // namespace

const char* to_string(Data data) { return data == Data::kActivations ? "act" : "grad"; }

Span<const float> input(Data data, std::size_t count) {
  static std::map<std::pair<Data, std::size_t>, AlignedBuffer<float>> made;
  const auto key = std::make_pair(data, count);
  auto found = made.find(key);
  if (found == made.end()) {
    found = made.emplace(key, AlignedBuffer<float>(count)).first;
    fill(data, found->second.span());
  }
  return found->second.span();
}

Span<float> output(std::size_t count) {
  static std::map<std::size_t, AlignedBuffer<float>> made;
  auto found = made.find(count);
  if (found == made.end()) found = made.emplace(count, AlignedBuffer<float>(count)).first;
  return found->second.span();
}

const char* size_name(std::size_t count) {
  switch (count) {
    case kL1Values:
      return "16KiB";
    case kL2Values:
      return "256KiB";
    case kHotValues:
      return "4MiB";
    case kColdValues:
      return "64MiB";
    default:
      ACCEPTLAB_CHECK(false);
  }
}

}  // namespace acceptlab::codec_bench
