#include "scenarios/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>

#include "runtime/base/suggest.h"
#include "scenarios/field.h"
#include "scenarios/load.h"
#include "scenarios/schema.h"

namespace acceptlab::scenarios {
namespace {

constexpr std::size_t kMostPoints = 10'000;

// The values of a key or, where each value is a table, of several keys of a section together.
struct Axis {
  std::string path;
  List values;

  // The keys that a value sets, with what it sets them to.
  std::vector<std::pair<std::string, const Value*>> settings(const Value& value) const {
    const auto* table = value.get<Table>();
    if (table == nullptr) return {{path, &value}};
    std::vector<std::pair<std::string, const Value*>> all;
    for (const Entry& entry : *table) all.emplace_back(path + "." + entry.key, &entry.value);
    return all;
  }
};

// { start, stop, steps, scale }
struct Range {
  double start = 0.0;
  double stop = 0.0;
  std::int64_t steps = 0;
  bool log = false;
};

// A number is known by its value, so that 1 and 1.0 are the same point.
std::string value_text(const Value& value) {
  if (const auto* text = value.get<std::string>()) return *text;
  return toml_text(value);
}

// What was typed stays so: its paths are relative to the working directory.
void mark_as_swept(Value& value) {
  if (value.origin.kind == Origin::Kind::kFile) value.origin.kind = Origin::Kind::kSweep;
  if (auto* list = value.get<List>()) {
    for (Value& item : *list) mark_as_swept(item);
  }
  if (auto* table = value.get<Table>()) {
    for (Entry& entry : *table) mark_as_swept(entry.value);
  }
}

// Rounded to `digits` significant digits: 31.62, not 31.622776601683793, in names and tables.
double rounded(double number, int digits) {
  return std::strtod(fmt::format("{:.{}g}", number, digits).c_str(), nullptr);
}

double point_of(const Range& range, std::int64_t step) {
  if (step == 0) return range.start;
  if (step == range.steps - 1) return range.stop;
  const double share = static_cast<double>(step) / static_cast<double>(range.steps - 1);
  if (range.log) return rounded(range.start * std::pow(range.stop / range.start, share), 4);
  return rounded(range.start + (range.stop - range.start) * share, 6);
}

List points_of(const Range& range, bool integral, const Origin& origin) {
  List points;
  for (std::int64_t step = 0; step < range.steps; ++step) {
    const double number = point_of(range, step);
    if (integral) {
      points.push_back({static_cast<std::int64_t>(std::llround(number)), origin});
    } else {
      points.push_back({number, origin});
    }
  }
  return points;
}

class AxisReader {
 public:
  AxisReader(const Entry& entry, Diagnostics& problems)
      : path_(entry.key), value_(entry.value), problems_(problems) {}

  // Empty where something is wrong.
  Axis read() const {
    const std::string known = schema_path(path_);
    const Key* key = find_key(known);
    if (key == nullptr && is_section(known) && is_list_of_tables_of_keys()) {
      return checked(*value_.get<List>());
    }
    if (key == nullptr && !is_list_of_tables(known)) {
      complain_about_key(known);
    } else if (const auto* list = value_.get<List>()) {
      return checked(*list);
    } else if (const auto* table = value_.get<Table>()) {
      if (const auto range = read_range(*table, key)) {
        return checked(points_of(*range, is_integral(field_of(*key)), value_.origin));
      }
    } else {
      complain("must be a list of values or { start, stop, steps, scale }, got " + spoken(value_));
    }
    return {};
  }

 private:
  void complain(const std::string& problem) const { problems_.add(value_.origin, name(), problem); }
  std::string name() const { return "sweep.\"" + path_ + "\""; }

  static Field field_of(const Key& key) {
    static Scenario scenario = one_of_each();
    return key.field(scenario, 0);
  }

  // Each with the same keys in the same order, as a table of results has them.
  bool is_list_of_tables_of_keys() const {
    const auto* list = value_.get<List>();
    if (list == nullptr || list->empty()) return false;
    const auto* first = list->front().get<Table>();
    if (first == nullptr || first->empty()) return false;
    return std::all_of(list->begin(), list->end(), [first](const Value& item) {
      const auto* table = item.get<Table>();
      return table != nullptr &&
             std::equal(table->begin(), table->end(), first->begin(), first->end(),
                        [](const Entry& a, const Entry& b) { return a.key == b.key; });
    });
  }

  void complain_about_key(const std::string& known) const {
    if (is_section(known)) {
      complain("is a table: write the path of a key in quotes, \"" + path_ +
               ".<key>\", or a list of tables that set the same keys");
    } else {
      problems_.add(unknown_key(value_.origin, path_));
    }
  }

  Axis checked(List values) const {
    if (values.empty()) {
      complain("must list at least one value");
      return {};
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      mark_as_swept(values[i]);
      for (std::size_t j = 0; j < i; ++j) {
        if (value_text(values[i]) != value_text(values[j])) continue;
        complain("value " + value_text(values[i]) + " appears twice");
        return {};
      }
    }
    return {path_, std::move(values)};
  }

  std::optional<double> number(const Table& table, const char* key) const {
    const Value* value = find(table, key);
    double number = 0.0;
    if (value == nullptr) {
      complain(std::string(key) + " must be given");
    } else if (const auto problem =
                   assign(&number, {-1e12, 1e12, "", {}, {}, TextRole::kPlain}, *value)) {
      complain(std::string(key) + " " + *problem);
    } else {
      return number;
    }
    return std::nullopt;
  }

  std::optional<std::string> scale(const Table& table) const {
    const Value* value = find(table, "scale");
    std::string text = "linear";
    if (value == nullptr) return text;
    if (const auto problem =
            assign(&text, {0, 0, "", {"linear", "log"}, {}, TextRole::kPlain}, *value)) {
      complain("scale " + *problem);
      return std::nullopt;
    }
    return text;
  }

  bool only_known_keys(const Table& table) const {
    const std::vector<std::string> known = {"start", "stop", "steps", "scale"};
    for (const Entry& entry : table) {
      bool found = false;
      for (const std::string& key : known) found = found || entry.key == key;
      if (found) continue;
      complain("'" + entry.key + "' is unknown" + hint(entry.key, known));
      return false;
    }
    return true;
  }

  std::optional<Range> read_range(const Table& table, const Key* key) const {
    const bool numeric = key != nullptr && is_number(field_of(*key));
    if (!numeric) {
      complain("must be a list of values: only numbers have ranges");
      return std::nullopt;
    }
    if (!only_known_keys(table)) return std::nullopt;
    const auto start = number(table, "start");
    const auto stop = number(table, "stop");
    const auto steps = number(table, "steps");
    const auto scale_text = scale(table);
    if (!start || !stop || !steps || !scale_text) return std::nullopt;
    if (*steps != std::floor(*steps) || *steps < 2 || *steps > 1000) {
      complain("steps must be an integer, 2..1000, got " + toml_text(*steps));
      return std::nullopt;
    }
    const bool log = *scale_text == "log";
    if (log && (*start <= 0 || *stop <= 0)) {
      complain("start and stop must be positive with scale = \"log\"");
      return std::nullopt;
    }
    return Range{*start, *stop, static_cast<std::int64_t>(*steps), log};
  }

  const std::string& path_;
  const Value& value_;
  Diagnostics& problems_;
};

// Two axes must not set one key: the second would hide the first.
void check_keys(const std::vector<Axis>& axes, const Value& sweep, Diagnostics& problems) {
  std::set<std::string> seen;
  for (const Axis& axis : axes) {
    if (axis.values.empty()) continue;
    for (const auto& [path, value] : axis.settings(axis.values.front())) {
      if (seen.insert(path).second) continue;
      problems.add(sweep.origin, "sweep", "sets key '" + path + "' twice");
    }
  }
}

std::vector<Axis> read_axes(const Document& document) {
  Diagnostics problems;
  std::vector<Axis> axes;
  if (const Value* sweep = find(document.root, "sweep")) {
    if (const auto* table = sweep->get<Table>()) {
      for (const Entry& entry : *table) axes.push_back(AxisReader(entry, problems).read());
      check_keys(axes, *sweep, problems);
    } else {
      problems.add(sweep->origin, "sweep", "must be a table, [sweep], got " + spoken(*sweep));
    }
  }
  problems.throw_if_any();
  return axes;
}

std::size_t count_points(const std::vector<Axis>& axes, const Document& document) {
  std::size_t count = 1;
  for (const Axis& axis : axes) {
    count *= axis.values.size();
    if (count > kMostPoints) {
      throw ConfigError(find(document.root, "sweep")->origin.text +
                        ": key 'sweep': makes more than " + std::to_string(kMostPoints) +
                        " scenarios");
    }
  }
  return count;
}

SweepPoint make_point(Document document, const std::vector<Axis>& axes, std::size_t index,
                      Diagnostics& problems) {
  SweepPoint point;
  point.index = index;
  std::size_t period = 1;
  for (const Axis& axis : axes) period *= axis.values.size();
  for (const Axis& axis : axes) {
    period /= axis.values.size();
    for (const auto& [path, value] :
         axis.settings(axis.values[index / period % axis.values.size()])) {
      set_value(document, path, *value);
      point.values.emplace_back(path, value_text(*value));
    }
  }
  point.scenario = load_scenario(document, problems);
  return point;
}

}  // namespace

std::vector<SweepPoint> expand_sweep(const Document& document) {
  const std::vector<Axis> axes = read_axes(document);
  const std::size_t count = count_points(axes, document);
  Diagnostics problems;
  std::vector<SweepPoint> points;
  for (std::size_t i = 0; i < count; ++i) {
    try {
      points.push_back(make_point(document, axes, i, problems));
    } catch (const ConfigError& error) {
      problems.add(error.what());  // a path that this point does not have
    }
  }
  problems.throw_if_any();
  return points;
}

}  // namespace acceptlab::scenarios
