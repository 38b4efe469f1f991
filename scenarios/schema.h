#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/base/result.h"
#include "scenarios/scenario.h"

namespace acceptlab::scenarios {

// Points into a Scenario at the field a key is stored in; its type is the type of the key.
using Field =
    std::variant<bool*, int*, std::int64_t*, double*, std::string*, std::optional<double>*,
                 std::vector<int>*, std::vector<Step>*, std::vector<std::string>*,
                 std::vector<Device>*, Method*, ScheduleKind*, WeightPolicy*, Solver*, TimeSource*,
                 DeviceOrder*, PlanObjective*, NetworkModel*, BandwidthKind*, CostSource*,
                 ActivationFeedback*, GradientFeedback*, FaultKind*>;

// What a text key holds beside text.
enum class TextRole { kPlain, kFile, kDirectory };

// What a value must be. Numbers: min..max, also each of a list, and the second of each pair.
struct Allowed {
  double min = 0.0;
  double max = 0.0;
  std::string unit;                // of the number; may be empty
  std::vector<std::string> words;  // of text; empty: any text
  std::string words_shown;         // what is allowed, for people; empty: all of `words`
  TextRole role = TextRole::kPlain;
  // Of text with a grammar of its own: how it is stored, or what is wrong with it; may be empty.
  std::function<Result<std::string>(const std::string& text)> read = nullptr;
};

// A key has no effect unless another key (of the same table) has one of these values.
struct Needs {
  std::string key;
  std::vector<std::string> words;
  bool otherwise = false;  // true: has any value but these
};

// A word of Needs as it stands in a file: that of a flag without quotes.
std::string needed_text(const std::string& word);
// "schedule.kind = \"1f1b\" or \"gpipe\"".
std::string to_string(const Needs& needs);

// One row of the schema.
struct Key {
  std::string path;  // "network.delay_ms"; "devices[].slowdown", where [] stands for an index
  std::function<Field(Scenario&, std::size_t index)> field;
  Allowed allowed;
  std::string doc;  // one sentence
  Needs needs = {};

  bool in_list() const { return path.find("[]") != std::string::npos; }
  // "devices[1].slowdown". Requires: in_list(), else the index is ignored.
  std::string path_at(std::size_t index) const;
};

// Every key a scenario file may have, in the order in which they are written out. Loading, checks,
// --set, the resolved file and the help text are all driven by these rows.
const std::vector<Key>& schema();

// Nothing but defaults, and one item in every list, so that each key has a field in it (index 0).
Scenario one_of_each();

// Returns null where the schema has no such path (with [] in place of indices).
const Key* find_key(const std::string& path);

// How many items the list of the key has; 1 for a key outside of lists.
std::size_t item_count(const Key& key, const Scenario& scenario);

// True for "devices", "network.links" and "faults", the lists of tables.
bool is_list_of_tables(const std::string& path);
// True for "network", "model"...: a path that keys begin with.
bool is_section(const std::string& path);

}  // namespace acceptlab::scenarios
