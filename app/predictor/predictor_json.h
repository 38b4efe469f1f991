#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "predictor/additive_prior.h"
#include "runtime/base/ids.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

// What `acceptlab predictor train` writes: a predictor for one model at one mini-batch.
struct PredictorFile {
  std::string model;
  double width = 1.0;
  int batch_samples = 0;
  int units = 0;
  std::string trained_on;         // free text
  std::vector<UnitRange> probes;  // that a new device is measured at
  predictor::AdditivePrior prior;
};

// JSON, the same bytes for the same predictor. The key `checksum` is of all the rest.
std::string predictor_to_json(const PredictorFile& predictor);
// Returns kCorrupt where the checksum is not that of the content, kConfig, naming `origin`, key and
// rule, on anything else that predictor_to_json cannot have written.
Result<PredictorFile> predictor_from_json(const std::string& text, const std::string& origin);

// "mobilenetv2 of 20 units, width 0.5, batch 8": what a predictor and a profile must have in
// common.
std::string predictor_subject(const std::string& model, double width, int batch_samples, int units);

// Throw ConfigError where that fails.
PredictorFile read_predictor(const std::filesystem::path& file);
void write_predictor(const PredictorFile& predictor, const std::filesystem::path& file);

}  // namespace acceptlab::app
