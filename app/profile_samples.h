#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "results/csv.h"
#include "runtime/sub_model_samples.h"

namespace acceptlab::app {

// The samples of a profile under way, in the folder OUT.partial: settings.json says what is
// measured and how, samples.csv has a row a sample. A run that was killed is gone on with: a row
// that was cut off is dropped.
class ProfileSamples {
 public:
  // `settings` is free text that two runs have alike where their samples may be mixed. Throws
  // ConfigError where the folder is of other settings or damaged, or cannot be written.
  ProfileSamples(const std::filesystem::path& profile, const std::string& settings);

  const std::vector<SubModelSample>& samples() const { return samples_; }
  // Throws ConfigError where it cannot be written.
  void add(const SubModelSample& sample);
  // To be called when the profile itself is written: removes the folder.
  void remove();

 private:
  void read();
  void write(const SubModelSample& sample);

  std::filesystem::path folder_;
  std::filesystem::path file_;
  std::vector<SubModelSample> samples_;
  std::optional<results::CsvFile> csv_;
};

}  // namespace acceptlab::app
