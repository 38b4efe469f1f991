#include "app/figures/figure_list.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "results/text_file.h"
#include "runtime/base/result.h"
#include "runtime/base/suggest.h"
#include "scenarios/diagnostics.h"
#include "scenarios/toml_reader.h"

namespace acceptlab::app {

namespace {

using scenarios::Diagnostics;
using scenarios::Entry;
using scenarios::List;
using scenarios::Table;
using scenarios::Value;

// One table of the file, read key by key; what nobody asked for is an unknown key.
class TableReader {
 public:
  TableReader(const Value& value, std::string path, Diagnostics& problems)
      : value_(value), path_(std::move(path)), problems_(problems) {
    if (table() == nullptr) {
      problems_.add(value.origin.text + ": '" + path_ + "' must be a list of tables, got " +
                    spoken(value));
    }
  }

  std::string text(const std::string& key, bool required = false) {
    const Value* value = get(key, required);
    if (value == nullptr) return "";
    const auto* found = value->get<std::string>();
    if (found == nullptr || found->empty()) complain(*value, key, "must be a text");
    return found == nullptr ? "" : *found;
  }

  std::vector<std::string> texts(const std::string& key) {
    std::vector<std::string> all;
    const Value* value = get(key, false);
    if (value == nullptr) return all;
    const auto* list = value->get<List>();
    if (list == nullptr) {
      complain(*value, key, "must be a list of texts");
      return all;
    }
    for (const Value& item : *list) {
      const auto* found = item.get<std::string>();
      if (found == nullptr) complain(item, key, "must be a list of texts");
      all.push_back(found == nullptr ? "" : *found);
    }
    return all;
  }

  // A name of a folder that the list has not used yet.
  std::string name(std::set<std::string>& used) {
    const std::string found = text("name", true);
    const bool plain = std::all_of(found.begin(), found.end(), [](unsigned char c) {
      return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
    });
    if (!plain) complain(value_, "name", "must be of a-z, 0-9 and _, got '" + found + "'");
    if (!found.empty() && !used.insert(found).second) {
      complain(value_, "name", "'" + found + "' is there twice");
    }
    return found;
  }

  List tables(const std::string& key) {
    const Value* value = get(key, true);
    const auto* list = value == nullptr ? nullptr : value->get<List>();
    if (list != nullptr && !list->empty()) return *list;
    if (value != nullptr) complain(*value, key, "must be a list of tables");
    return {};
  }

  void complain(const std::string& problem) { problems_.add(value_.origin.text + ": " + problem); }

  void finish() {
    if (table() == nullptr) return;
    for (const Entry& entry : *table()) {
      if (std::find(asked_.begin(), asked_.end(), entry.key) != asked_.end()) continue;
      problems_.add(entry.value.origin.text + ": key '" + path_ + entry.key + "' is unknown" +
                    hint(entry.key, asked_));
    }
  }

 private:
  const Table* table() const { return value_.get<Table>(); }

  const Value* get(const std::string& key, bool required) {
    asked_.push_back(key);
    const Value* value = table() == nullptr ? nullptr : find(*table(), key);
    if (value == nullptr && required && table() != nullptr) {
      complain(value_, key, "must be given");
    }
    return value;
  }

  void complain(const Value& where, const std::string& key, const std::string& problem) {
    problems_.add(where.origin, path_ + key, problem);
  }

  const Value& value_;
  std::string path_;
  Diagnostics& problems_;
  std::vector<std::string> asked_;
};

// Keys without effect are mistakes.
void check(const FigureStep& step, TableReader& reader) {
  const int sources = static_cast<int>(!step.scenario.empty()) +
                      static_cast<int>(!step.command.empty()) +
                      static_cast<int>(!step.folder.empty());
  if (sources != 1) {
    reader.complain("a step needs one of 'sweep', 'command' and 'folder', got " +
                    std::to_string(sources));
    return;
  }
  if (step.scenario.empty() && !(step.set.empty() && step.tables.empty())) {
    reader.complain("'set' and 'tables' are of steps with 'sweep'");
  }
  if (step.command.empty() && !step.output.empty()) {
    reader.complain("'output' is of steps with 'command'");
  }
  if (step.folder.empty() != step.made_by.empty()) {
    reader.complain("'folder' and 'made_by' belong together");
  }
  if (!step.folder.empty() && !step.with_quick.empty()) {
    reader.complain("'quick' has no effect on a folder");
  }
}

FigureStep read_step(const Value& value, std::set<std::string>& used, Diagnostics& problems) {
  TableReader reader(value, "figures[].steps[].", problems);
  FigureStep step;
  step.name = reader.name(used);
  step.scenario = reader.text("sweep");
  step.set = reader.texts("set");
  step.tables = reader.texts("tables");
  step.command = reader.texts("command");
  step.output = reader.text("output");
  step.with_quick = reader.texts("quick");
  step.folder = reader.text("folder");
  step.made_by = reader.text("made_by");
  reader.finish();
  check(step, reader);
  return step;
}

Figure read_figure(const Value& value, std::set<std::string>& used, Diagnostics& problems) {
  TableReader reader(value, "figures[].", problems);
  Figure figure;
  figure.name = reader.name(used);
  figure.title = reader.text("title", true);
  figure.shows = reader.text("shows", true);
  std::set<std::string> names;
  for (const Value& step : reader.tables("steps")) {
    figure.steps.push_back(read_step(step, names, problems));
  }
  reader.finish();
  return figure;
}

bool holds(const std::vector<std::string>& words, const std::string& what) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return word.find(what) != std::string::npos; });
}

}  // namespace

std::vector<Figure> read_figures(const std::filesystem::path& file) {
  const Result<std::string> text = results::read_text(file);
  if (!text) throw ConfigError(text.error().message);
  const std::string source = file.filename().string();
  const Value root{scenarios::parse_toml(text.value(), source), {{}, source}};
  Diagnostics problems;
  TableReader reader(root, "", problems);
  std::set<std::string> names;
  std::vector<Figure> figures;
  for (const Value& figure : reader.tables("figures")) {
    figures.push_back(read_figure(figure, names, problems));
  }
  reader.finish();
  problems.throw_if_any();
  return figures;
}

std::vector<Figure> chosen_figures(const std::vector<Figure>& all,
                                   const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const Figure& figure : all) known.push_back(figure.name);
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw ConfigError("there is no figure '" + name + "'" + hint(name, known) +
                      "; 'acceptlab figures --list' names them");
  }
  std::vector<Figure> chosen;
  for (const Figure& figure : all) {
    const bool wanted = std::find(names.begin(), names.end(), figure.name) != names.end();
    if (names.empty() || wanted) chosen.push_back(figure);
  }
  return chosen;
}

bool needs_traces(const FigureStep& step) {
  return holds(step.set, kTraces) || holds(step.command, kTraces);
}

std::string with_replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

}  // namespace acceptlab::app
