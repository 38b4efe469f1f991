#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "app/predictor/accuracy.h"
#include "app/predictor/evaluation.h"

namespace acceptlab::app {

// For .cc files only: it shows the JSON library.

nlohmann::ordered_json to_json(const Accuracy& accuracy);
nlohmann::ordered_json to_json(const EvaluationReport& report);

// The report as tables for a terminal.
std::string report_text(const EvaluationReport& report);

// Writes evaluation.json, and accuracy.csv, devices.csv, adaptation.csv and regret.csv for plots.
// Throws ConfigError where that fails.
void write_report(const EvaluationReport& report, const std::filesystem::path& folder);

}  // namespace acceptlab::app
