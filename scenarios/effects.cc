#include <algorithm>
#include <string>

#include "scenarios/field.h"
#include "scenarios/rules.h"

namespace acceptlab::scenarios {
namespace {

constexpr std::string_view kLinks = "network.links[].";

// "network.links[].steps" takes its default from "network.steps".
std::string default_path(const std::string& path) {
  return path.rfind(kLinks, 0) == 0 ? "network." + path.substr(kLinks.size()) : path;
}

std::string text_at(const std::string& path, std::size_t index, Scenario& scenario) {
  return text_of(find_key(path)->field(scenario, index)).value_or("");
}

// The file may hold keys for each of the values that --set or a sweep can select.
bool selected_from_outside(const Setting& setting, const Settings& settings) {
  const std::string& selector = setting.key->needs.key;
  const Setting* by = settings.find(find_key(selector)->path_at(setting.index));
  if (by == nullptr) by = settings.find(default_path(selector));
  if (by == nullptr) by = settings.find("method");
  return by != nullptr && by->value->origin.kind != Origin::Kind::kFile;
}

bool has_effect(const Setting& setting, Scenario& scenario) {
  const Needs& needs = setting.key->needs;
  const std::string selected = text_at(needs.key, setting.index, scenario);
  return std::any_of(needs.words.begin(), needs.words.end(),
                     [&](const std::string& word) { return toml_text(word) == selected; });
}

// A value that would hold anyway is no mistake; resolved scenarios list every key.
bool repeats_default(const Setting& setting, Scenario& scenario) {
  const std::string value = text_at(setting.key->path, setting.index, scenario);
  const std::string fallback = default_path(setting.key->path);
  if (fallback != setting.key->path) return value == text_at(fallback, 0, scenario);
  Scenario defaults;
  return value == text_at(fallback, 0, defaults);
}

std::string needed(const Needs& needs) {
  std::string words;
  for (const std::string& word : needs.words) {
    words += (words.empty() ? "" : " or ") + toml_text(word);
  }
  return needs.key + " = " + words;
}

}  // namespace

void check_effects(const Settings& settings, const Scenario& scenario, Diagnostics& problems) {
  Scenario values = scenario;  // fields are reached through pointers to non-const
  for (const Setting& setting : settings.all()) {
    if (setting.key->needs.key.empty() || has_effect(setting, values)) continue;
    if (repeats_default(setting, values) || selected_from_outside(setting, settings)) continue;
    problems.add(setting.value->origin, setting.path,
                 "has no effect: it needs " + needed(setting.key->needs));
  }
}

}  // namespace acceptlab::scenarios
