#include "scenarios/document.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "runtime/base/result.h"
#include "runtime/base/suggest.h"
#include "scenarios/field.h"
#include "scenarios/schema.h"
#include "scenarios/toml_reader.h"

namespace acceptlab::scenarios {
namespace {

constexpr std::string_view kSweepPrefix = "sweep.";

// One step of a path: "devices[1]" or "slowdown".
struct Segment {
  std::string key;
  std::optional<std::size_t> index;
};

// Requires: schema_path(path) is known, so that the path is well formed.
std::vector<Segment> segments_of(const std::string& path) {
  std::vector<Segment> segments;
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    Segment segment{path.substr(begin, end - begin), std::nullopt};
    const std::size_t bracket = segment.key.find('[');
    if (bracket != std::string::npos) {
      std::size_t index = 0;
      const char* digits = segment.key.data() + bracket + 1;
      const auto read = std::from_chars(digits, segment.key.data() + segment.key.size(), index);
      // An index too large for the type is out of range of any list.
      segment.index = read.ec == std::errc() ? index : static_cast<std::size_t>(-1);
      segment.key.resize(bracket);
    }
    segments.push_back(std::move(segment));
    begin = end + 1;
  }
  return segments;
}

Value& find_or_add(Table& table, const std::string& key, Value otherwise) {
  if (Value* value = find(table, key)) return *value;
  table.push_back({key, std::move(otherwise)});
  return table.back().value;
}

// Turns device_count = n into n empty [[devices]], so that one of them can be given a value.
void spell_out_devices(Table& root) {
  const Value* count = find(root, "device_count");
  if (count == nullptr || find(root, "devices") != nullptr) return;
  const auto* number = count->get<std::int64_t>();
  const Allowed& allowed = find_key("device_count")->allowed;
  const double devices = number == nullptr ? -1.0 : static_cast<double>(*number);
  if (devices < allowed.min || devices > allowed.max) return;  // reported when it is loaded
  const Value device{Table{}, count->origin};
  root.push_back({"devices", {List(static_cast<std::size_t>(*number), device), count->origin}});
  root.erase(std::find_if(root.begin(), root.end(),
                          [](const Entry& entry) { return entry.key == "device_count"; }));
}

Table& item_at(Table& parent, const Segment& segment, const std::string& path,
               const Origin& origin) {
  Value* value = find(parent, segment.key);
  auto* list = value == nullptr ? nullptr : value->get<List>();
  const std::size_t size = list == nullptr ? 0 : list->size();
  if (*segment.index >= size) {
    throw ConfigError(origin.text + ": key '" + path + "': the scenario has only " +
                      std::to_string(size) + " " + segment.key + ", counted from 0");
  }
  auto* item = (*list)[*segment.index].get<Table>();
  if (item == nullptr)
    throw ConfigError(value->origin.text + ": key '" + segment.key +
                      "': must be a list of tables, [[" + segment.key + "]]");
  return *item;
}

Table& section_at(Table& parent, const std::string& key, const Origin& origin) {
  Value& value = find_or_add(parent, key, {Table{}, origin});
  auto* table = value.get<Table>();
  if (table == nullptr) {
    throw ConfigError(value.origin.text + ": key '" + key + "': must be a table, [" + key +
                      "], got " + spoken(value));
  }
  return *table;
}

void put(Table& table, const std::string& key, Value value) {
  if (Value* present = find(table, key)) {
    *present = std::move(value);
  } else {
    table.push_back({key, std::move(value)});
  }
}

// The value of --set. Text that no shell user would put into quotes twice is taken as it is.
Value override_value(const std::string& path, const std::string& text, const Origin& origin) {
  const Key* key = find_key(schema_path(path));
  if (key != nullptr && !text.empty() && text.front() != '"' && text.front() != '\'') {
    Scenario scenario = one_of_each();
    if (is_text(key->field(scenario, 0))) return {text, origin};
  }
  return parse_toml_value(text, origin);
}

void override_sweep(Document& document, const std::string& path, Value value) {
  const Origin origin = value.origin;
  put(section_at(document.root, "sweep", origin), path, std::move(value));
}

void erase_key(Table& table, const std::string& key) {
  table.erase(std::remove_if(table.begin(), table.end(),
                             [&](const Entry& entry) { return entry.key == key; }),
              table.end());
}

// Takes a key out of the tables of an axis that varies several keys of a section together; values
// that are then equal become one. Returns whether any key is left.
bool stop_varying(Value& axis, const std::string& key) {
  auto* values = axis.get<List>();
  if (values == nullptr) return true;
  std::vector<std::string> texts;
  List kept;
  for (Value& value : *values) {
    auto* table = value.get<Table>();
    if (table == nullptr) return true;
    erase_key(*table, key);
    const std::string text = toml_text(value);
    if (table->empty() || std::find(texts.begin(), texts.end(), text) != texts.end()) continue;
    texts.push_back(text);
    kept.push_back(std::move(value));
  }
  *values = std::move(kept);
  return !values->empty();
}

void stop_sweeping(Document& document, const std::string& path) {
  Value* sweep = find(document.root, "sweep");
  auto* axes = sweep == nullptr ? nullptr : sweep->get<Table>();
  if (axes == nullptr) return;
  erase_key(*axes, path);
  const std::size_t dot = path.rfind('.');
  if (dot == std::string::npos) return;
  const std::string section = path.substr(0, dot);
  Value* axis = find(*axes, section);
  if (axis != nullptr && !stop_varying(*axis, path.substr(dot + 1))) erase_key(*axes, section);
}

std::vector<std::string> known_paths() {
  std::vector<std::string> paths;
  for (const Key& key : schema()) {
    paths.push_back(key.path);
    for (std::size_t dot = key.path.find('.'); dot != std::string::npos;
         dot = key.path.find('.', dot + 1)) {
      std::string section = key.path.substr(0, dot);
      if (section.size() > 2 && section.back() == ']') section.resize(section.size() - 2);
      if (std::find(paths.begin(), paths.end(), section) == paths.end()) paths.push_back(section);
    }
  }
  paths.emplace_back("sweep");
  return paths;
}

std::string leaf_of(const std::string& path) { return path.substr(path.rfind('.') + 1); }

// A known key's name in the wrong table is worth more than a similar spelling.
std::string suggestion(const std::string& path, const std::vector<std::string>& paths) {
  for (const std::string& known : paths) {
    if (known != path && leaf_of(known) == leaf_of(path)) return "; did you mean '" + known + "'?";
  }
  return hint(path, paths);
}

}  // namespace

bool Document::has_sweep() const {
  const Value* sweep = find(root, "sweep");
  if (sweep == nullptr) return false;
  const auto* axes = sweep->get<Table>();
  return axes == nullptr || !axes->empty();
}

Document parse_document(std::string_view text, const std::string& source,
                        const std::filesystem::path& directory,
                        const std::vector<std::string>& overrides) {
  Document document{source, directory, parse_toml(text, source)};
  for (const std::string& assignment : overrides) apply_override(document, assignment);
  return document;
}

Document read_document(const std::filesystem::path& file,
                       const std::vector<std::string>& overrides) {
  std::ifstream in(file, std::ios::binary);
  // A directory opens like a file.
  if (!in || std::filesystem::is_directory(file)) {
    throw ConfigError(file.string() + ": cannot be read");
  }
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return parse_document(text, file.string(), std::filesystem::absolute(file).parent_path(),
                        overrides);
}

void apply_override(Document& document, const std::string& assignment) {
  const Origin origin{Origin::Kind::kOverride, "--set " + assignment};
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw ConfigError(origin.text + ": must be key=value");
  }
  const std::string path = assignment.substr(0, equals);
  const std::string text = assignment.substr(equals + 1);
  if (path.rfind(kSweepPrefix, 0) == 0) {
    const std::string axis = path.substr(kSweepPrefix.size());
    return override_sweep(document, axis, parse_toml_value(text, origin));
  }
  set_value(document, path, override_value(path, text, origin));
  stop_sweeping(document, path);
}

void set_value(Document& document, const std::string& path, Value value) {
  const std::string known = schema_path(path);
  if (find_key(known) == nullptr && !is_list_of_tables(known)) {
    throw ConfigError(is_section(known)
                          ? value.origin.text + ": key '" + path + "': is a table; name its keys"
                          : unknown_key(value.origin, path));
  }
  const Origin origin = value.origin;
  Table* table = &document.root;
  std::vector<Segment> segments = segments_of(path);
  const std::string last = segments.back().key;
  segments.pop_back();
  for (const Segment& segment : segments) {
    if (segment.key == "devices") spell_out_devices(document.root);
    table = segment.index ? &item_at(*table, segment, path, origin)
                          : &section_at(*table, segment.key, origin);
  }
  put(*table, last, std::move(value));
}

std::string schema_path(const std::string& path) {
  std::string known;
  bool in_brackets = false;
  for (const char c : path) {
    if (c == ']') in_brackets = false;
    if (!in_brackets || std::isdigit(static_cast<unsigned char>(c)) == 0) known += c;
    if (c == '[') in_brackets = true;
  }
  return known;
}

std::string unknown_key(const Origin& origin, const std::string& path) {
  return origin.text + ": key '" + path + "' is unknown" +
         suggestion(schema_path(path), known_paths());
}

}  // namespace acceptlab::scenarios
