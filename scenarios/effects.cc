#include <algorithm>
#include <string>

#include "scenarios/field.h"
#include "scenarios/rules.h"

namespace acceptlab::scenarios {
namespace {

constexpr std::string_view kLinks = "network.links[].";
constexpr const char* kLinkSelector = "network.links[].bandwidth_model";
constexpr const char* kDefaultSelector = "network.bandwidth_model";

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

bool selects(const Needs& needs, const std::string& selector, std::size_t index,
             Scenario& scenario) {
  const std::string selected = text_at(selector, index, scenario);
  const bool among = std::any_of(needs.words.begin(), needs.words.end(),
                                 [&](const auto& word) { return needed_text(word) == selected; });
  return among != needs.otherwise;
}

bool has_effect(const Key& key, std::size_t index, Scenario& scenario) {
  const Needs& needs = key.needs;
  if (needs.key.empty() || selects(needs, needs.key, index, scenario)) return true;
  if (needs.key != kDefaultSelector) return false;
  // A listed link may inherit a setting that the default link itself does not use.
  for (std::size_t link = 0; link < scenario.network.links.size(); ++link) {
    if (selects(needs, kLinkSelector, link, scenario)) return true;
  }
  return false;
}

// Where the key's value comes from when nobody sets it: the default link, or a new scenario.
// `defaults`: one_of_each().
Field fallback_of(const Key& key, Scenario& scenario, Scenario& defaults) {
  const std::string path = default_path(key.path);
  return find_key(path)->field(path == key.path ? defaults : scenario, 0);
}

// A value that would hold anyway is no mistake; resolved scenarios list every key.
bool repeats_default(const Setting& setting, Scenario& scenario) {
  Scenario defaults = one_of_each();
  return text_at(setting.key->path, setting.index, scenario) ==
         text_of(fallback_of(*setting.key, scenario, defaults)).value_or("");
}

}  // namespace

void check_effects(const Settings& settings, const Scenario& scenario, Diagnostics& problems) {
  Scenario values = scenario;  // fields are reached through pointers to non-const
  for (const Setting& setting : settings.all()) {
    if (has_effect(*setting.key, setting.index, values)) continue;
    if (repeats_default(setting, values) || selected_from_outside(setting, settings)) continue;
    problems.add(setting.value->origin, setting.path,
                 "has no effect: it needs " + to_string(setting.key->needs));
  }
}

void drop_ineffective(Scenario& scenario) {
  Scenario defaults = one_of_each();
  // The schema lists the default link before the listed ones, which fall back on it.
  for (const Key& key : schema()) {
    if (key.needs.key.empty()) continue;
    for (std::size_t i = 0; i < item_count(key, scenario); ++i) {
      if (has_effect(key, i, scenario)) continue;
      copy(fallback_of(key, scenario, defaults), key.field(scenario, i));
    }
  }
}

}  // namespace acceptlab::scenarios
