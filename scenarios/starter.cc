#include "scenarios/starter.h"

#include <optional>
#include <string_view>

#include "scenarios/describe.h"
#include "scenarios/field.h"
#include "scenarios/schema.h"
#include "scenarios/sections.h"

namespace acceptlab::scenarios {
namespace {

// What the file sets: `value` as TOML.
struct Setting {
  std::string_view path;
  std::string_view value;
};

constexpr Setting kSet[] = {
    {"name", "\"first scenario\""}, {"method", "\"ftpipehd+codec\""},
    {"model.name", "\"cnn\""},      {"data.train_samples", "2048"},
    {"data.test_samples", "512"},   {"codec.forward", "\"mbq4\""},
    {"codec.backward", "\"suq8\""}, {"network.bandwidth_mbit_s", "50"},
    {"network.delay_ms", "2"},      {"devices[].name", "\"central\""},
};

// Examples of keys without default.
constexpr Setting kExamples[] = {{"devices[].memory_mb", "1000"}, {"network.links[].from", "0"},
                                 {"network.links[].to", "1"},     {"faults[].at_s", "10"},
                                 {"faults[].device", "1"},        {"faults[].to", "1"}};

constexpr const char* kOtherDevices =
    "\n[[devices]]\nname = \"worker1\"\n\n[[devices]]\nname = \"worker2\"\nslowdown = 2\n";

constexpr const char* kSweep =
    "\n# What is listed here is varied, by 'acceptlab sweep': all combinations run.\n"
    "#[sweep]\n"
    "#method = [\"single\", \"even\", \"ftpipehd\", \"ftpipehd+codec\"]\n"
    "#\"network.bandwidth_mbit_s\" = { start = 1, stop = 1000, steps = 7, scale = \"log\" }\n";

template <std::size_t Count>
std::optional<std::string> value_in(const Setting (&settings)[Count], const Key& key) {
  for (const Setting& setting : settings) {
    if (setting.path == key.path) return std::string(setting.value);
  }
  return std::nullopt;
}

std::string default_of(const Key& key) {
  Scenario defaults = one_of_each();
  return text_of(key.field(defaults, 0)).value_or("");
}

std::string entry(const Key& key) {
  const std::optional<std::string> set = value_in(kSet, key);
  const std::string value = set ? *set : value_in(kExamples, key).value_or(default_of(key));
  return "\n" + describe_key(key, "#") + (set ? "" : "#") + name_in_section(key) + " = " + value +
         "\n";
}

bool is_shown(const Key& key) {
  return !repeats_link_key(key) && key.path != "device_count";  // the devices are listed
}

std::string preface(const std::string& name) {
  return "# A scenario to start from: three devices train a small network for a few batches.\n"
         "# Every key is here. Those behind '#' are left at their defaults.\n"
         "#   acceptlab run " +
         name +
         "     trains, and writes a run folder\n"
         "#   acceptlab plan " +
         name + "    shows which device would train which units, and why\n";
}

}  // namespace

std::string starter_scenario(const std::string& name) {
  std::string text = preface(name);
  for (const Section& section : sections()) {
    const bool is_link = section.path == "network.links[]";
    const bool is_fault = section.path == "faults[]";
    const bool optional = is_link || is_fault;
    if (is_link) text += "\n# Settings of one link, in place of those of [network].";
    if (is_fault) text += "\n# Something that goes wrong during an emulated run.";
    if (!section.path.empty()) text += "\n" + std::string(optional ? "#" : "") + section.header();
    if (!section.path.empty()) text += "\n";
    for (const Key* key : section.keys) {
      if (is_shown(*key)) text += entry(*key);
    }
    if (section.path == "devices[]") text += kOtherDevices;
  }
  return text + kSweep;
}

}  // namespace acceptlab::scenarios
