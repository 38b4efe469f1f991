#include "scenarios/resolved.h"

#include <fmt/format.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string_view>

#include "runtime/base/rng.h"
#include "scenarios/field.h"
#include "scenarios/schema.h"
#include "scenarios/sections.h"

namespace acceptlab::scenarios {
namespace {

std::string key_line(const Key& key, std::size_t index, Scenario& scenario) {
  const Field field = key.field(scenario, index);
  const std::string leaf = name_in_section(key);
  if (const auto text = text_of(field)) return leaf + " = " + *text + "\n";
  // TOML has no word for "unset"; device_count is spelt out as [[devices]].
  return std::holds_alternative<std::optional<double>*>(field) ? "# " + leaf + " is not set\n" : "";
}

std::uint64_t hash_of(std::string_view bytes) {
  std::uint64_t hash = mix64(bytes.size());
  for (const char c : bytes) hash = mix64(hash ^ static_cast<unsigned char>(c));
  return hash;
}

std::string content_hash(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return in ? fmt::format("content {:016x}", hash_of(content)) : "unreadable " + file;
}

void name_by_content(Scenario& scenario) {
  for (const Key& key : schema()) {
    if (key.allowed.role != TextRole::kFile) continue;
    for (std::size_t i = 0; i < item_count(key, scenario); ++i) {
      std::string& file = *std::get<std::string*>(key.field(scenario, i));
      if (!file.empty()) file = content_hash(file);
    }
  }
}

}  // namespace

std::string to_toml(const Scenario& scenario) {
  Scenario values = scenario;  // fields are reached through pointers to non-const
  std::string text;
  for (const Section& section : sections()) {
    for (std::size_t i = 0; i < item_count(*section.keys.front(), scenario); ++i) {
      if (!section.path.empty()) text += "\n" + section.header() + "\n";
      for (const Key* key : section.keys) text += key_line(*key, i, values);
    }
  }
  return text;
}

std::string scenario_hash(const Scenario& scenario) {
  Scenario by_content = scenario;
  name_by_content(by_content);
  return fmt::format("{:016x}", hash_of(to_toml(by_content)));
}

}  // namespace acceptlab::scenarios
