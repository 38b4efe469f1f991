#pragma once

#include <string>
#include <vector>

namespace acceptlab::app {

// Arguments of all of `acceptlab predictor`; each command reads its own.
struct PredictorArguments {
  std::string personas;   // table to train on or to evaluate
  std::string predictor;  // predictor file
  std::string profile;    // device profile
  std::string out;
  bool json = false;

  bool fixed_probes = false;  // train
  std::vector<std::string> without;

  std::string units;  // predict: "3..7"; empty: all sub-models

  std::string repeat;  // evaluate: the same personas measured again
  bool network = true;
  int folds = 8;
  int cases = 520;

  std::string latency_table;  // evaluate an outside table
  std::string one_hot;
  std::string probes;
  std::string train_rows;
  std::string test_rows;
  std::vector<std::string> train_devices;
  std::vector<std::string> test_devices;
};

// Each returns the exit code and throws ConfigError on wrong input.
int predictor_train_command(const PredictorArguments& arguments);
int predictor_evaluate_command(const PredictorArguments& arguments);
int predictor_latency_table_command(const PredictorArguments& arguments);
int predictor_predict_command(const PredictorArguments& arguments);
int predictor_adapt_command(const PredictorArguments& arguments);

}  // namespace acceptlab::app
