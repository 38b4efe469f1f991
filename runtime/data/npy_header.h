#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace acceptlab::data {

inline constexpr std::size_t kMaxNpyRank = 8;

// What the header of a NumPy .npy file says of the array.
struct NpyHeader {
  std::string descr;  // element type: "<f4"
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;  // outermost first; none: a scalar
};

// Parses the header's text, a Python dict literal with the keys descr, fortran_order and shape in
// any order and with any white space. Throws ConfigError, naming `path`, on anything else and on
// more than kMaxNpyRank dimensions.
NpyHeader parse_npy_header(const std::string& text, const std::string& path);

// The text that NumPy itself would write, without padding or line end.
std::string format_npy_header(const NpyHeader& header);

}  // namespace acceptlab::data
