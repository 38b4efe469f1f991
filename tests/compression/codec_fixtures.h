#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "compression/codec.h"
#include "runtime/base/rng.h"

namespace acceptlab::compression {

inline CodecSpec spec_of(const std::string& name, int group = 1024) {
  return parse_codec(name, group).value();
}

// Every scheme at every number of bits.
inline std::vector<std::string> all_codec_names() {
  std::vector<std::string> names{"none", "fp16"};
  for (int bits = 1; bits <= 8; ++bits) {
    const std::string k = std::to_string(bits);
    for (const std::string& name :
         {"uniform" + k, "suq" + k, "mbq" + k, "mbq" + k + "-no-offset"}) {
      names.push_back(name);
    }
  }
  return names;
}

inline std::vector<float> normal_values(std::size_t count, std::uint64_t seed = 1) {
  Rng rng(seed, "normal values");
  std::vector<float> values(count);
  for (float& v : values) v = static_cast<float>(rng.normal());
  return values;
}

inline std::vector<std::uint8_t> encode(const CodecSpec& spec, const std::vector<float>& values,
                                        TensorId id = {}, std::uint64_t seed = 1) {
  auto result = make_codec(spec, seed)->encode(Span<const float>(values), id);
  EXPECT_TRUE(result.ok()) << spec.name() << ": " << (result.ok() ? "" : result.error().message);
  return std::move(result).value();
}

inline std::vector<float> decode(const CodecSpec& spec, const std::vector<std::uint8_t>& bytes,
                                 std::size_t count) {
  std::vector<float> values(count);
  const auto result =
      make_codec(spec, 1)->decode(Span<const std::uint8_t>(bytes), Span<float>(values));
  EXPECT_TRUE(result.ok()) << spec.name() << ": " << (result.ok() ? "" : result.error().message);
  return values;
}

inline std::vector<float> round_trip(const CodecSpec& spec, const std::vector<float>& values,
                                     TensorId id = {}, std::uint64_t seed = 1) {
  return decode(spec, encode(spec, values, id, seed), values.size());
}

// Signal to noise in decibels.
inline double snr_db(const std::vector<float>& values, const std::vector<float>& decoded) {
  double signal = 0.0;
  double noise = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double error = static_cast<double>(decoded[i]) - values[i];
    signal += static_cast<double>(values[i]) * values[i];
    noise += error * error;
  }
  return 10.0 * std::log10(signal / noise);
}

}  // namespace acceptlab::compression
