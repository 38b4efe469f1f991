#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "runtime/base/rng.h"
#include "runtime/ports/tensor_codec.h"

namespace acceptlab::compression {

// Random numbers by index instead of in sequence: that of value i depends on the seed, the tensor's
// id and i alone, so neither threads, groups nor the width of a vector change it.
//
// A Weyl sequence through the finaliser of MurmurHash3, keyed before and within, gives 32-bit
// words. A halfword x of one serves four values, 16 apart, as x, x c, x c^2 and x c^3 modulo 2^16:
// any two of them are as good as independent, since the lattices of their pairs are among the best
// of that size (shortest vector 255 of at most 275) and their correlation is at most 0.0001.
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

inline constexpr std::array<std::uint16_t, 4> kNoiseFactor{1, 0x6ca3, 0xefc9, 0x78fb};

// Values are taken 512 at a time, as 32 rows of 16, the blocks of FORMAT.md. Rows r and r + 16
// share the words of a row quartet: the kernels hold 4 values of one and the same 4 of the other in
// 8 neighbouring halfwords.
inline constexpr std::uint32_t kNoisePeriod = 512;
inline constexpr std::uint32_t kWordsOfPeriod = 64;

// Which 16 bits serve value i, apart from the factor.
struct NoiseSource {
  std::uint32_t counter = 0;  // of the word
  int shift = 0;              // 16 for its upper halfword
  std::size_t factor = 0;
};
constexpr NoiseSource noise_source(std::uint64_t i) {
  const auto period = static_cast<std::uint32_t>(i / kNoisePeriod);
  const auto row = static_cast<std::uint32_t>(i / 16 % 16);
  const auto upper_row = static_cast<std::uint32_t>(i / 256 % 2);
  const auto lane = static_cast<std::uint32_t>(i % 16);
  const std::uint32_t halfword = lane / 4 * 8 + upper_row * 4 + lane % 4;
  return {period * kWordsOfPeriod + row / 4 * 16 + halfword / 2,
          static_cast<int>(halfword % 2 * 16), row % 4};
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
  const NoiseSource source = noise_source(i);
  const std::uint32_t halfword = noise_word(key, source.counter) >> source.shift & 0xffffU;
  return halfword * kNoiseFactor[source.factor] & 0xffffU;
}

}  // namespace acceptlab::compression
