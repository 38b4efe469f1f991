#include "scenarios/starter.h"

#include <gmock/gmock.h>

#include <regex>
#include <set>
#include <sstream>

#include "scenarios/describe.h"
#include "scenarios/schema.h"
#include "tests/scenarios/scenario_text.h"

namespace acceptlab::scenarios {
namespace {

// The file with every key that stands behind '#' set; comments have a space behind theirs.
std::string everything_set() {
  std::istringstream lines(starter_scenario("x.toml"));
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const bool hidden = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    text += (hidden ? line.substr(1) : line) + "\n";
  }
  return text;
}

void add_paths(const Table& table, const std::string& section, std::set<std::string>& paths) {
  for (const Entry& entry : table) {
    const std::string path = section.empty() ? entry.key : section + "." + entry.key;
    const auto* list = entry.value.get<List>();
    const bool tables = list != nullptr && is_list_of_tables(path);
    if (const auto* inner = entry.value.get<Table>()) {
      add_paths(*inner, path, paths);
    } else if (tables) {
      for (const Value& item : *list) add_paths(*item.get<Table>(), path + "[]", paths);
    } else {
      paths.insert(path);
    }
  }
}

TEST(StarterScenario, LoadsAsAQuickRun) {
  const Scenario scenario = load(starter_scenario("x.toml"));
  EXPECT_EQ(scenario.model.name, "cnn");
  EXPECT_EQ(scenario.training.epochs, 1);
  EXPECT_LE(scenario.data.train_samples, 2048);
  EXPECT_EQ(scenario.devices.size(), 3u);
  EXPECT_EQ(scenario.network.link.delay_ms, 2.0);
}

TEST(StarterScenario, NamesEveryKeyOfTheSchema) {
  const Document document = document_of(everything_set());
  std::set<std::string> named;
  for (const Entry& entry : document.root) {
    if (entry.key != "sweep") add_paths({entry}, "", named);
  }
  std::set<std::string> known;
  for (const Key& key : schema()) {
    if (!repeats_link_key(key) && key.path != "device_count") known.insert(key.path);
  }
  EXPECT_EQ(named, known);
}

TEST(StarterScenario, SaysOfEveryKeyWhatTheSchemaSays) {
  const std::string text = starter_scenario("x.toml");
  for (const Key& key : schema()) {
    if (repeats_link_key(key) || key.path == "device_count") continue;
    EXPECT_THAT(text, testing::HasSubstr(describe_key(key, "#"))) << key.path;
  }
}

// Whoever removes the '#' of a key changes nothing yet: it is the default.
TEST(StarterScenario, KeysBehindTheSignAreTheDefaults) {
  const std::string text = starter_scenario("x.toml");
  const std::regex hidden("\n#([a-z_]+ = [^\n]*)");
  int tried = 0;
  for (std::sregex_iterator found(text.begin(), text.end(), hidden), end; found != end; ++found) {
    const std::string line = found->str(1);
    if (line.rfind("memory_mb", 0) == 0) continue;  // has no default
    std::string changed = text;
    changed.replace(static_cast<std::size_t>(found->position()), found->str().size(), "\n" + line);
    if (changed.find("#[[network.links]]") < static_cast<std::size_t>(found->position())) break;
    const std::string error = load_error(changed);
    const bool of_method = error.find("with method = \"ftpipehd+codec\"") != std::string::npos;
    EXPECT_TRUE(error == "no error" || of_method) << line << ": " << error;
    ++tried;
  }
  EXPECT_GT(tried, 50);
}

TEST(StarterScenario, LinesFitATerminal) {
  std::istringstream lines(starter_scenario("x.toml"));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

}  // namespace
}  // namespace acceptlab::scenarios
