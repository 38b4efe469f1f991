#include "scenarios/load.h"

#include <filesystem>
#include <string>

#include "scenarios/field.h"
#include "scenarios/methods.h"
#include "scenarios/rules.h"
#include "scenarios/settings.h"

namespace acceptlab::scenarios {
namespace {

namespace fs = std::filesystem;

// Makes the path absolute. A path on the command line is relative to the working directory, as a
// shell completes it; any other to the file it stands in.
void resolve_path(const Setting& setting, const Document& document, std::string& path,
                  Diagnostics& problems) {
  if (path.empty()) return;
  const bool from_shell = setting.value->origin.kind == Origin::Kind::kOverride;
  const fs::path base = from_shell ? fs::current_path() : fs::absolute(document.directory);
  const fs::path resolved = (base / path).lexically_normal();
  const bool directory = setting.key->allowed.role == TextRole::kDirectory;
  std::error_code ignored;
  const bool there =
      directory ? fs::is_directory(resolved, ignored) : fs::is_regular_file(resolved, ignored);
  if (!there) {
    problems.add(setting.value->origin, setting.path,
                 std::string("there is no ") + (directory ? "directory " : "file ") +
                     toml_text(path) + " (looked for " + resolved.string() + ")");
  }
  path = resolved.string();
}

void bind(const Setting& setting, const Document& document, Scenario& scenario,
          Diagnostics& problems) {
  const Key& key = *setting.key;
  const Field field = key.field(scenario, setting.index);
  if (const auto problem = assign(field, key.allowed, *setting.value)) {
    problems.add(setting.value->origin, setting.path, *problem);
  } else if (key.allowed.role != TextRole::kPlain) {
    resolve_path(setting, document, *std::get<std::string*>(field), problems);
  }
}

// Makes the devices, links and faults that the keys of lists are then stored in.
void size_lists(const Settings& settings, Scenario& scenario, Diagnostics& problems) {
  if (settings.device_tables() > 0) {
    if (settings.find("device_count") != nullptr) {
      settings.complain({"device_count"}, "cannot be given beside [[devices]]", problems);
    }
    scenario.devices.assign(settings.device_tables(), Device{});
  } else if (scenario.devices.empty() && settings.find("device_count") == nullptr) {
    settings.complain({"devices"}, "there are no devices: give [[devices]] or device_count",
                      problems);
  }
  LinkOverride link;
  link.link = scenario.network.link;
  scenario.network.links.assign(settings.link_tables(), link);
  scenario.faults.assign(settings.fault_tables(), Fault{});
}

void bind_all(const Settings& settings, const Document& document, Scenario& scenario,
              Diagnostics& problems) {
  // Lists last: a listed link starts from the settings of the default link.
  for (const Setting& setting : settings.all()) {
    if (!setting.key->in_list()) bind(setting, document, scenario, problems);
  }
  size_lists(settings, scenario, problems);
  for (const Setting& setting : settings.all()) {
    if (setting.key->in_list()) bind(setting, document, scenario, problems);
  }
  for (std::size_t i = 0; i < scenario.devices.size(); ++i) {
    std::string& name = scenario.devices[i].name;
    if (name.empty()) name = "device" + std::to_string(i);
  }
}

}  // namespace

Scenario load_scenario(const Document& document, Diagnostics& problems) {
  Diagnostics found;
  Scenario scenario;
  const Settings settings(document, found);
  bind_all(settings, document, scenario, found);
  // Rules about several keys would blame the wrong one while one of them is wrong by itself.
  if (found.empty()) apply_method(settings, scenario, found);
  if (found.empty()) check_rules(settings, scenario, found);
  if (found.empty()) check_effects(settings, scenario, found);
  if (found.empty()) drop_ineffective(scenario);
  problems.add_all(found);
  return scenario;
}

Scenario load_scenario(const Document& document) {
  Diagnostics problems;
  if (document.has_sweep()) {
    problems.add(find(document.root, "sweep")->origin, "sweep",
                 "makes several scenarios of this file, where one is wanted");
  }
  Scenario scenario = load_scenario(document, problems);
  problems.throw_if_any();
  return scenario;
}

}  // namespace acceptlab::scenarios
