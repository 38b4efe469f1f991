#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "compression/codec_spec.h"
#include "compression/decoder.h"
#include "compression/encoder.h"
#include "runtime/base/rng.h"

// Specs, tensors and messages that the tests of this folder share.
namespace acceptlab::compression {

using Message = std::vector<std::uint8_t>;

inline CodecSpec spec_of(const std::string& name, int group = 0) {
  return parse_codec(name, group).value();
}

// Every scheme at every number of bits with every option of its own.
inline std::vector<std::string> scheme_names() {
  std::vector<std::string> names{"none", "fp16"};
  for (int bits = 1; bits <= kMaxBits; ++bits) {
    const std::string k = std::to_string(bits);
    for (const char* scheme : {"uniform", "suq"}) {
      for (const char* range : {"", "-clip", "-relu6", "-range(-1:2.5)"}) {
        names.push_back(scheme + k + range);
      }
    }
    for (const char* fit : {"", "-greedy", "-alternating2"}) {
      names.push_back("mbq" + k + fit);
      names.push_back("mbq" + k + fit + "-no-offset");
    }
  }
  return names;
}

// The same with the options that go with any scheme.
inline std::vector<std::string> all_codec_names() {
  std::vector<std::string> names;
  for (const char* options : {"", "-zeros", "-zstd", "-zeros-zstd"}) {
    for (const std::string& name : scheme_names()) names.push_back(name + options);
  }
  return names;
}

inline std::vector<float> normal_values(std::size_t count, std::uint64_t seed = 1) {
  Rng rng(seed, "normal values");
  std::vector<float> values(count);
  for (float& v : values) v = static_cast<float>(rng.normal());
  return values;
}

// What a layer with ReLU6 sends forward: normal values of deviation 2, clipped to [0, 6].
inline std::vector<float> activations(std::size_t count, std::uint64_t seed = 1) {
  std::vector<float> values = normal_values(count, seed);
  for (float& v : values) v = v > 0.0F ? std::fmin(2.0F * v, 6.0F) : 0.0F;
  return values;
}

// What comes back: a Laplace distribution of scale 0.001.
inline std::vector<float> gradients(std::size_t count, std::uint64_t seed = 1) {
  Rng rng(seed, "gradients");
  std::vector<float> values(count);
  for (float& v : values) {
    const double magnitude = rng.exponential(1e-3);
    v = static_cast<float>(rng.below(2) == 0 ? magnitude : -magnitude);
  }
  return values;
}

inline Message encode(const CodecSpec& spec, Span<const float> values, TensorId id = {},
                      std::uint64_t seed = 1) {
  auto result = Encoder(spec, seed).encode(values, Shape::vector(values.size()), id);
  EXPECT_TRUE(result.ok()) << spec.name() << ": " << (result.ok() ? "" : result.error().message);
  return result.ok() ? std::move(result).value() : Message();
}

inline std::vector<float> decode(const Message& message, std::size_t count) {
  std::vector<float> values(count);
  const auto result = Decoder().decode(Span<const std::uint8_t>(message), Span<float>(values));
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message);
  return values;
}

inline std::vector<float> round_trip(const CodecSpec& spec, const std::vector<float>& values,
                                     TensorId id = {}, std::uint64_t seed = 1) {
  return decode(encode(spec, Span<const float>(values), id, seed), values.size());
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
