#pragma once

#include <cstddef>

#include "runtime/base/span.h"

namespace acceptlab::codec_bench {

// What links carry: ReLU6 of normal values of deviation 2, and Laplace values of scale 1e-3.
enum class Data { kActivations, kGradients };

const char* to_string(Data data);  // "act", "grad"

// The same values in every run; made once and kept to the end of the program.
Span<const float> input(Data data, std::size_t count);

// Where decoders write: one buffer a size, kept likewise.
Span<float> output(std::size_t count);

// "16KiB", "4MiB": of so many floats. Requires: one of the sizes below.
const char* size_name(std::size_t count);

inline constexpr std::size_t kL1Values = std::size_t{4} << 10;     // 16 KiB
inline constexpr std::size_t kL2Values = std::size_t{64} << 10;    // 256 KiB
inline constexpr std::size_t kHotValues = std::size_t{1} << 20;    // 4 MiB
inline constexpr std::size_t kColdValues = std::size_t{16} << 20;  // 64 MiB

}  // namespace acceptlab::codec_bench
