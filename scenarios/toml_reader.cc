#include "scenarios/toml_reader.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <functional>

#include "runtime/base/result.h"

namespace acceptlab::scenarios {
namespace {

// Makes the origin of a node.
using OriginOf = std::function<Origin(const toml::node&)>;

Value convert(const toml::node& node, const OriginOf& origin_of);

Table convert_table(const toml::table& table, const OriginOf& origin_of) {
  // The library sorts keys by name; a sweep's grid follows the order of the file.
  std::vector<std::pair<toml::source_position, Entry>> entries;
  for (const auto& [key, node] : table) {
    entries.emplace_back(key.source().begin,
                         Entry{std::string(key.str()), convert(node, origin_of)});
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Table converted;
  for (auto& [position, entry] : entries) converted.push_back(std::move(entry));
  return converted;
}

Value convert(const toml::node& node, const OriginOf& origin_of) {
  const Origin origin = origin_of(node);
  if (const auto* value = node.as_boolean()) return {value->get(), origin};
  if (const auto* value = node.as_integer()) return {value->get(), origin};
  if (const auto* value = node.as_floating_point()) return {value->get(), origin};
  if (const auto* value = node.as_string()) return {value->get(), origin};
  if (const auto* array = node.as_array()) {
    List list;
    for (const toml::node& item : *array) list.push_back(convert(item, origin_of));
    return {std::move(list), origin};
  }
  if (const auto* table = node.as_table()) return {convert_table(*table, origin_of), origin};
  throw ConfigError(origin.text + ": no key takes a date or a time");
}

}  // namespace

Table parse_toml(std::string_view text, const std::string& source) {
  try {
    const toml::table table = toml::parse(text, source);
    return convert_table(table, [&](const toml::node& node) {
      return Origin{Origin::Kind::kFile, fmt::format("{}:{}", source, node.source().begin.line)};
    });
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    throw ConfigError(fmt::format("{}:{}: not valid TOML (column {}): {}", source, at.line,
                                  at.column, error.description()));
  }
}

Value parse_toml_value(std::string_view text, const Origin& origin) {
  try {
    const toml::table table = toml::parse("value = " + std::string(text));
    if (table.size() != 1) throw ConfigError(origin.text + ": not one TOML value");
    return convert(*table.get("value"), [&](const toml::node&) { return origin; });
  } catch (const toml::parse_error& error) {
    throw ConfigError(fmt::format("{}: not a TOML value: {}", origin.text, error.description()));
  }
}

}  // namespace acceptlab::scenarios
