#pragma once

#include <array>
#include <cstddef>

namespace acceptlab::compression {

// A sum of floats has a fixed order, the same for every width of vector: value j of a group goes to
// lane j % Lanes, and the lanes are added in halves.
template <std::size_t Lanes>
struct LaneSums {
  alignas(64) std::array<float, Lanes> lane{};

  void add(std::size_t j, float value) { lane[j % Lanes] += value; }
  float total() const {
    alignas(64) std::array<float, Lanes / 2> sums;
    for (std::size_t i = 0; i < Lanes / 2; ++i) sums[i] = lane[i] + lane[i + Lanes / 2];
    for (std::size_t half = Lanes / 4; half > 0; half /= 2) {
      for (std::size_t i = 0; i < half; ++i) sums[i] += sums[i + half];
    }
    return sums[0];
  }
};

inline constexpr std::size_t kSumLanes = 64;    // one sum over a group: long chains
inline constexpr std::size_t kPlaneLanes = 32;  // one of several sums beside each other

}  // namespace acceptlab::compression
