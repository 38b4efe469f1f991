#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

#include "app/predictor/evaluation.h"
#include "app/predictor/network_contestant.h"
#include "app/predictor/predictor_commands.h"
#include "app/predictor/report.h"
#include "results/json_object.h"
#include "runtime/base/result.h"
#include "runtime/torch/profile.h"
#include "runtime/torch/setup.h"

namespace acceptlab::app {

namespace {

DeviceProfile model_of(const PersonaTable& table) {
  DeviceProfile model = torch_stage::describe_model({table.model, table.width, 10});
  if (static_cast<int>(model.units.size()) != table.units) {
    throw ConfigError("the table has " + std::to_string(table.units) + " units, " + table.model +
                      " has " + std::to_string(model.units.size()));
  }
  return model;
}

std::vector<std::unique_ptr<Contestant>> contestants_for(const DeviceProfile& model,
                                                         bool with_networks) {
  const int units = static_cast<int>(model.units.size());
  std::vector<std::unique_ptr<Contestant>> all;
  all.push_back(make_closed_form(units, false));
  all.push_back(make_closed_form(units, true));
  if (with_networks) {
    all.push_back(make_network(units, false));
    all.push_back(make_network(units, true));
  }
  all.push_back(make_capacity_ratio(units));
  all.push_back(make_layer_sums(units));
  all.push_back(make_flops(model));
  all.push_back(make_own_fit(units));
  return all;
}

}  // namespace

int predictor_evaluate_command(const PredictorArguments& arguments) {
  torch_stage::initialise_torch(1);
  const PersonaTable table = read_persona_table(arguments.personas);
  std::optional<PersonaTable> repeat;
  if (!arguments.repeat.empty()) repeat = read_persona_table(arguments.repeat);
  const DeviceProfile model = model_of(table);
  EvaluationOptions options;
  options.folds = arguments.folds;
  options.regret_cases = arguments.cases;
  const EvaluationReport report = evaluate_predictors(
      table, model, repeat ? &*repeat : nullptr, contestants_for(model, arguments.network), options,
      [](const std::string& what) { std::fprintf(stderr, "evaluating: %s\n", what.c_str()); });
  if (!arguments.out.empty()) write_report(report, arguments.out);
  std::printf("%s", arguments.json ? results::dump_json(to_json(report)).c_str()
                                   : report_text(report).c_str());
  return 0;
}

}  // namespace acceptlab::app
