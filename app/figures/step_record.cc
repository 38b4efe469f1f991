#include "app/figures/step_record.h"

#include <fmt/format.h>

#include <map>

#include "app/provenance.h"
#include "results/json_object.h"
#include "results/text_file.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* kProvenance = "provenance.json";

void write_or_throw(const fs::path& file, const std::string& text) {
  const Result<fs::path> written = results::replace_text(file, text);
  if (!written) throw ConfigError(written.error().message);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string readme(const StepRecord& record, const std::map<std::string, std::string>& machine,
                   const std::string& date) {
  std::string text = fmt::format("# {}: {}\n\n{}\n\n- Command: `{}`", record.title, record.step,
                                 record.shows, record.command);
  text += fmt::format("\n- Revision {}, {}; the last start took {:.0f} s.",
                      joined(record.revisions), date, record.wall_s);
  if (!record.seeds.empty()) text += " Seeds: " + joined(record.seeds) + ".";
  text += "\n- Machine: ";
  bool first = true;
  for (const auto& [key, value] : machine) {
    text += (first ? "" : "; ") + key + " " + value;
    first = false;
  }
  text += ".\n";
  if (record.quick)
    text += "- **Quick**: fewer points and shorter training than the full figure.\n";
  return text;
}

}  // namespace

void write_record(const StepRecord& record, const fs::path& folder) {
  const std::map<std::string, std::string> machine = machine_facts();
  const std::string date = utc_now();
  nlohmann::ordered_json json = {{"format", "acceptlab-figure-step"},
                                 {"version", 1},
                                 {"figure", record.figure},
                                 {"step", record.step},
                                 {"command", record.command},
                                 {"quick", record.quick},
                                 {"seeds", record.seeds},
                                 {"revision", joined(record.revisions)},
                                 {"versions", library_versions()},
                                 {"machine", machine},
                                 {"date", date},
                                 {"wall_s", record.wall_s},
                                 {"inputs", record.inputs}};
  write_or_throw(folder / "README.md", readme(record, machine, date));
  write_or_throw(folder / kProvenance, results::dump_json(json));
}

bool is_made_from(const fs::path& folder, const std::vector<std::string>& inputs) {
  const fs::path file = folder / kProvenance;
  if (!fs::exists(file)) return false;
  const Result<std::string> text = results::read_text(file);
  if (!text) throw ConfigError(text.error().message);
  const nlohmann::json json = results::parse_json(text.value(), file.string());
  return results::JsonObject(json, file.string()).texts("inputs") == inputs;
}

}  // namespace acceptlab::app
