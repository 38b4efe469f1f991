#pragma once

#include <cstddef>
#include <string>

namespace acceptlab::data {

inline constexpr std::size_t kMaxQuoted = 32;

// Text of a stranger's file for an error message: in quotes, at most kMaxQuoted bytes of it, and
// '?' for whatever a terminal would not print.
inline std::string quoted(const std::string& text) {
  std::string shown = text.substr(0, kMaxQuoted);
  for (char& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  return "'" + shown + (text.size() > kMaxQuoted ? "...'" : "'");
}

}  // namespace acceptlab::data
