#include "runtime/data/npy_header.h"

#include <algorithm>
#include <limits>
#include <set>

#include "runtime/base/result.h"
#include "runtime/data/quoted.h"

namespace acceptlab::data {

namespace {

constexpr const char* kSpace = " \t\r\n";
constexpr std::uint64_t kMaxDimension = std::numeric_limits<std::uint64_t>::max();

// Reads the dict from front to back; fails at the first byte that does not fit.
class HeaderParser {
 public:
  HeaderParser(const std::string& text, const std::string& path) : text_(text), path_(path) {}

  NpyHeader parse() {
    expect('{');
    while (!take('}')) {
      entry();
      if (take(',')) continue;
      expect('}');
      break;
    }
    skip_space();
    if (at_ < text_.size()) fail("goes on behind its dict");
    for (const char* key : {"descr", "fortran_order", "shape"}) {
      if (keys_.count(key) == 0) fail("has no key '" + std::string(key) + "'");
    }
    return header_;
  }

 private:
  void entry() {
    const std::string key = string("a key in quotes");
    expect(':');
    if (!keys_.insert(key).second) fail("has the key " + quoted(key) + " twice");
    if (key == "descr") {
      if (peek() == '[') fail("describes a structured dtype; only plain float arrays can be read");
      header_.descr = string("a dtype in quotes");
    } else if (key == "fortran_order") {
      header_.fortran_order = boolean();
    } else if (key == "shape") {
      shape();
    } else {
      fail("has the unknown key " + quoted(key) + "; allowed: descr, fortran_order, shape");
    }
  }

  std::string string(const std::string& expected) {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail_at(expected);
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string::npos) fail_at("the closing quote of a string");
    std::string value = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return value;
  }

  bool boolean() {
    peek();
    for (const bool value : {true, false}) {
      const std::string word = value ? "True" : "False";
      if (text_.compare(at_, word.size(), word) != 0) continue;
      at_ += word.size();
      return value;
    }
    fail_at("True or False");
  }

  void shape() {
    expect('(');
    while (!take(')')) {
      header_.shape.push_back(dimension());
      if (header_.shape.size() > kMaxNpyRank) {
        fail("has more than " + std::to_string(kMaxNpyRank) + " dimensions");
      }
      if (take(',')) continue;
      expect(')');
      break;
    }
  }

  std::uint64_t dimension() {
    if (!is_digit(peek())) fail_at("a dimension");
    std::uint64_t value = 0;
    for (; at_ < text_.size() && is_digit(text_[at_]); ++at_) {
      const auto digit = static_cast<std::uint64_t>(text_[at_] - '0');
      if (value > (kMaxDimension - digit) / 10) fail("has a dimension beyond 2^64");
      value = value * 10 + digit;
    }
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // Python 2 wrote long integers so
    return value;
  }

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  void skip_space() { at_ = std::min(text_.find_first_not_of(kSpace, at_), text_.size()); }

  // The next byte that is no white space, where reading goes on; 0 at the end.
  char peek() {
    skip_space();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool take(char c) {
    if (at_ >= text_.size() || peek() != c) return false;
    ++at_;
    return true;
  }

  void expect(char c) {
    if (!take(c)) fail_at(std::string("'") + c + "'");
  }

  [[noreturn]] void fail(const std::string& rule) const {
    throw ConfigError(path_ + ": the .npy header " + rule);
  }
  [[noreturn]] void fail_at(const std::string& expected) const {
    fail("is not a dict of an array: expected " + expected + " at byte " + std::to_string(at_) +
         ", found " + (at_ < text_.size() ? quoted(text_.substr(at_)) : "its end"));
  }

  const std::string& text_;
  const std::string& path_;
  std::size_t at_ = 0;
  std::set<std::string> keys_;
  NpyHeader header_;
};

}  // namespace

NpyHeader parse_npy_header(const std::string& text, const std::string& path) {
  return HeaderParser(text, path).parse();
}

std::string format_npy_header(const NpyHeader& header) {
  std::string shape;
  for (const std::uint64_t dimension : header.shape) {
    shape += (shape.empty() ? "" : " ") + std::to_string(dimension) + ",";
  }
  if (header.shape.size() > 1) shape.pop_back();
  return "{'descr': '" + header.descr +
         "', 'fortran_order': " + (header.fortran_order ? "True" : "False") + ", 'shape': (" +
         shape + "), }";
}

}  // namespace acceptlab::data
