#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace acceptlab::data {

// A NumPy array in C order, float32 or float16; the latter as the bits of IEEE binary16.
struct NpyArray {
  std::vector<std::uint64_t> shape;  // outermost first; none: a scalar, one value
  std::variant<std::vector<float>, std::vector<std::uint16_t>> values;  // as many as the shape says
};

// Reads a .npy file of format 1.0, 2.0 or 3.0. Throws ConfigError naming file, rule and values: not
// a regular file or not readable, empty, not .npy, another version, a header that is no dict of an
// array, Fortran order, another dtype or byte order, more than kMaxNpyRank dimensions or
// `max_values` values, shorter or longer than its shape says. What the header claims is compared
// with the size of the file before memory is taken for it. Requires: max_values <= 2^60.
NpyArray load_npy(const std::string& path, std::uint64_t max_values);

// The bytes of a .npy file of format 1.0, which every NumPy reads.
std::string to_npy(const NpyArray& array);

}  // namespace acceptlab::data
