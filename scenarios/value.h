#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace acceptlab::scenarios {

// Who said it: the beginning of every error message about it.
struct Origin {
  enum class Kind { kFile, kOverride, kSweep };
  Kind kind = Kind::kFile;
  std::string text;  // "lte.toml:12" or "--set seed=2"
};

struct Value;
struct Entry;
using List = std::vector<Value>;
using Table = std::vector<Entry>;  // in the order of the file

// One TOML value and where it comes from. (Our own tree, because a scenario is also put together
// from --set and from the points of a sweep, and each part must keep its origin.)
struct Value {
  std::variant<bool, std::int64_t, double, std::string, List, Table> data;
  Origin origin;

  template <typename T>
  const T* get() const {
    return std::get_if<T>(&data);
  }
  template <typename T>
  T* get() {
    return std::get_if<T>(&data);
  }
};

struct Entry {
  std::string key;
  Value value;
};

// Returns null where there is no such key.
const Value* find(const Table& table, std::string_view key);
Value* find(Table& table, std::string_view key);

// As it would stand in a TOML file, on one line.
std::string toml_text(const Value& value);
std::string toml_text(double number);  // shortest text that reads back as the same number
std::string toml_text(std::string_view text);

// For messages: "the string \"fast\"", "-5", "a list", "a table".
std::string spoken(const Value& value);

}  // namespace acceptlab::scenarios
