#pragma once

#include <cstdint>

#include "runtime/base/rng.h"
#include "runtime/ports/tensor_codec.h"

namespace acceptlab::compression {

// Random numbers by index instead of in sequence: that of value i depends on the seed, the tensor's
// id and i alone, so neither threads, groups nor the width of a vector change it.
//
// A Weyl sequence through the finaliser of MurmurHash3, keyed before and within. One 32-bit word
// serves four values, 16 apart, so that lane l of a vector of 16 needs no other lane. Each takes a
// window of 16 bits of it, 8 bits behind the one before: what two windows share are the high bits
// of one and the low bits of the other, a correlation of 1/256.
inline constexpr std::uint32_t kWeyl = 0x9e3779b1U;

struct NoiseKey {
  std::uint32_t start = 0;
  std::uint32_t mask = 0;
  // From one row of 16 counters to the next; not a constant, or GCC turns each of the kernels'
  // running sums into a start and a multiple of its own.
  std::uint32_t step = 16 * kWeyl;
};

inline constexpr std::uint32_t kMix1 = 0x85ebca6bU;
inline constexpr std::uint32_t kMix2 = 0xc2b2ae35U;

inline NoiseKey noise_key(std::uint64_t seed, TensorId id) {
  const std::uint64_t key = mix64(mix64(mix64(seed) ^ id.stream) ^ id.message);
  return {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
}

inline constexpr std::uint32_t kNoisePeriod = 64;  // values that 16 words serve

// The counter of value i, which it shares with the values at i +- 16 of the same 64.
constexpr std::uint32_t noise_counter(std::uint64_t i) {
  return static_cast<std::uint32_t>(i >> 6 << 4 | (i & 15));
}

constexpr std::uint32_t noise_word(NoiseKey key, std::uint32_t counter) {
  std::uint32_t x = key.start + counter * kWeyl;
  x ^= x >> 16 ^ key.mask;
  x *= kMix1;
  x ^= x >> 15;
  x *= kMix2;
  return x;
}

// Uniform in 0 .. 65535.
constexpr std::uint32_t noise16(NoiseKey key, std::uint64_t i) {
  const std::uint32_t word = noise_word(key, noise_counter(i));
  const auto window = static_cast<int>(i >> 4 & 3) * 8;
  return (window == 0 ? word : word >> window | word << (32 - window)) & 0xffffU;
}

}  // namespace acceptlab::compression
