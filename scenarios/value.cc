#include "scenarios/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace acceptlab::scenarios {
namespace {

struct TextOf {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return toml_text(value); }
  std::string operator()(const std::string& value) const { return toml_text(value); }
  std::string operator()(const List& list) const {
    std::string text = "[";
    for (const Value& item : list) text += (text.size() > 1 ? ", " : "") + toml_text(item);
    return text + "]";
  }
  std::string operator()(const Table& table) const {
    std::string text = "{";
    for (const Entry& entry : table) {
      text +=
          (text.size() > 1 ? ", " : " ") + toml_text(entry.key) + " = " + toml_text(entry.value);
    }
    return text + (table.empty() ? "}" : " }");
  }
};

}  // namespace

const Value* find(const Table& table, std::string_view key) {
  const auto at = std::find_if(table.begin(), table.end(),
                               [&](const Entry& entry) { return entry.key == key; });
  return at == table.end() ? nullptr : &at->value;
}

Value* find(Table& table, std::string_view key) {
  return const_cast<Value*>(find(static_cast<const Table&>(table), key));
}

std::string toml_text(const Value& value) { return std::visit(TextOf{}, value.data); }

std::string toml_text(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  return fmt::format("{}", number);
}

std::string toml_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string spoken(const Value& value) {
  if (const auto* text = value.get<std::string>()) return "the string " + toml_text(*text);
  if (const auto* list = value.get<List>()) {
    return list->empty() ? "an empty list" : "the list " + toml_text(value);
  }
  return value.get<Table>() != nullptr ? "a table" : toml_text(value);
}

}  // namespace acceptlab::scenarios
