#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace acceptlab::app {

// Where the tables of a step come from: what its provenance.json and README.md say.
struct StepRecord {
  std::string figure;
  std::string step;
  std::string title;  // of the figure
  std::string shows;
  std::string command;              // that made them
  std::vector<std::string> inputs;  // hashes of what went in
  std::vector<std::string> seeds;
  std::vector<std::string> revisions;  // of the programs that computed them
  bool quick = false;
  double wall_s = 0.0;  // since the step was started last
};

// Writes both files. Throws ConfigError where they cannot be written.
void write_record(const StepRecord& record, const std::filesystem::path& folder);

// Whether the folder holds the results of these inputs.
bool is_made_from(const std::filesystem::path& folder, const std::vector<std::string>& inputs);

}  // namespace acceptlab::app
