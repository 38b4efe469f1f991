#include "scenarios/settings.h"

#include <algorithm>

namespace acceptlab::scenarios {
namespace {

constexpr std::size_t kMostDevices = 64;
constexpr std::size_t kMostLinks = kMostDevices * (kMostDevices - 1);
constexpr std::size_t kMostFaults = 1000;

}  // namespace

Settings::Settings(const Document& document, Diagnostics& problems) : source_(document.source) {
  add_table(document.root, "", 0, problems);
}

const Setting* Settings::find(const std::string& path) const {
  const auto found = std::find_if(all_.begin(), all_.end(),
                                  [&](const Setting& setting) { return setting.path == path; });
  return found == all_.end() ? nullptr : &*found;
}

void Settings::complain(std::initializer_list<std::string> paths, const std::string& problem,
                        Diagnostics& problems) const {
  const auto set = std::find_if(paths.begin(), paths.end(),
                                [&](const std::string& path) { return find(path) != nullptr; });
  const Origin file{Origin::Kind::kFile, source_};
  problems.add(set == paths.end() ? file : find(*set)->value->origin, *paths.begin(), problem);
}

void Settings::add_table(const Table& table, const std::string& prefix, std::size_t index,
                         Diagnostics& problems) {
  for (const Entry& entry : table) {
    const std::string path = prefix.empty() ? entry.key : prefix + "." + entry.key;
    if (path != "sweep") add_entry(entry, path, index, problems);
  }
}

void Settings::add_entry(const Entry& entry, const std::string& path, std::size_t index,
                         Diagnostics& problems) {
  const Value& value = entry.value;
  const std::string known = schema_path(path);
  if (const Key* key = find_key(known)) {
    all_.push_back({path, key, index, &value});
  } else if (is_list_of_tables(known)) {
    add_list(value, path, problems);
  } else if (!is_section(known)) {
    problems.add(unknown_key(value.origin, path));
  } else if (const auto* section = value.get<Table>()) {
    add_table(*section, path, index, problems);
  } else {
    problems.add(value.origin, path, "must be a table, [" + path + "], got " + spoken(value));
  }
}

void Settings::add_list(const Value& value, const std::string& path, Diagnostics& problems) {
  const auto* list = value.get<List>();
  const bool tables = list != nullptr &&
                      std::all_of(list->begin(), list->end(),
                                  [](const Value& item) { return item.get<Table>() != nullptr; });
  if (!tables) {
    problems.add(value.origin, path,
                 "must be a list of tables, [[" + path + "]], got " + spoken(value));
    return;
  }
  const std::size_t most = path == "devices"  ? kMostDevices
                           : path == "faults" ? kMostFaults
                                              : kMostLinks;
  if (list->size() > most) {
    problems.add(value.origin, path, "has more than " + std::to_string(most) + " tables");
    return;
  }
  (path == "devices"  ? device_tables_
   : path == "faults" ? fault_tables_
                      : link_tables_) = list->size();
  for (std::size_t i = 0; i < list->size(); ++i) {
    add_table(*(*list)[i].get<Table>(), path + "[" + std::to_string(i) + "]", i, problems);
  }
}

}  // namespace acceptlab::scenarios
