#include "app/predictor/predictor_cli.h"

#include <CLI/CLI.hpp>

namespace acceptlab::app {

namespace {

using Action = std::function<int()>;

void add_json(CLI::App& command, PredictorArguments& arguments) {
  command.add_flag("--json", arguments.json, "print JSON, not tables");
}

void add_train(CLI::App& parent, PredictorArguments& arguments, Action& action) {
  CLI::App* command =
      parent.add_subcommand("train", "learn from measured personas, and write a predictor file");
  command->add_option("--personas", arguments.personas, "table of personas (results/personas)")
      ->type_name("FILE.csv")
      ->required();
  command
      ->add_option("--without", arguments.without,
                   "personas of the table to leave out, as full,nehalem")
      ->delimiter(',');
  command->add_flag("--fixed-probes", arguments.fixed_probes,
                    "probe new devices at the fixed sub-models, not at the most informative ones");
  command->add_option("--out", arguments.out, "predictor file to write")->required();
  command->callback([&] { action = [&] { return predictor_train_command(arguments); }; });
}

void add_latency_table(CLI::App& command, PredictorArguments& arguments, CLI::Option* table) {
  const auto add = [&](const std::string& name, auto& value, const std::string& help) {
    CLI::Option* option = command.add_option(name, value, help)->needs(table);
    table->needs(option);
    return option;
  };
  add("--onehot", arguments.one_hot, "blocks x operations of the table's first column, as 22x9");
  add("--probes", arguments.probes, "rows that a new device is measured at, as 3328,3790");
  add("--train-rows", arguments.train_rows, "rows to train on, as 0:4000 (the end not included)");
  add("--test-rows", arguments.test_rows, "rows to predict, as 4000:5000");
  add("--train-devices", arguments.train_devices, "devices to train on, as a,b")->delimiter(',');
  add("--test-devices", arguments.test_devices, "devices to predict from their probes")
      ->delimiter(',');
}

void add_evaluate(CLI::App& parent, PredictorArguments& arguments, Action& action) {
  CLI::App* command = parent.add_subcommand(
      "evaluate",
      "how well predictors do on devices they have not seen: of a table of personas, or of an\n"
      "outside table of latencies");
  CLI::Option_group* from = command->add_option_group("Data", "one of:");
  CLI::Option* personas =
      from->add_option("--personas", arguments.personas, "table of personas (results/personas)")
          ->type_name("FILE.csv");
  CLI::Option* table =
      from->add_option("--latency-table", arguments.latency_table,
                       "a first column of operation digits, then latencies in columns DEVICE_ms")
          ->type_name("FILE.csv");
  from->require_option(1);
  command->add_option("--repeat", arguments.repeat, "the personas measured again: the noise floor")
      ->type_name("FILE.csv")
      ->needs(personas);
  command->add_flag("!--no-network", arguments.network, "leave the networks out: seconds")
      ->needs(personas);
  command->add_option("--folds", arguments.folds, "groups of devices that are left out in turn")
      ->capture_default_str()
      ->check(CLI::Range(2, 1000))
      ->needs(personas);
  command->add_option("--cases", arguments.cases, "cuts to compare with the best ones")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000000))
      ->needs(personas);
  command->add_option("--out", arguments.out, "folder for the tables as CSV and JSON")
      ->type_name("FOLDER")
      ->needs(personas);
  add_latency_table(*command, arguments, table);
  add_json(*command, arguments);
  command->callback([&] {
    action = [&] {
      return arguments.personas.empty() ? predictor_latency_table_command(arguments)
                                        : predictor_evaluate_command(arguments);
    };
  });
}

void add_file_and_profile(CLI::App& command, PredictorArguments& arguments) {
  command.add_option("PREDICTOR", arguments.predictor, "predictor file")->required();
  command
      .add_option("--profile", arguments.profile,
                  "profile of the device, of its probes at least (acceptlab profile)")
      ->type_name("FILE.json")
      ->required();
}

void add_predict(CLI::App& parent, PredictorArguments& arguments, Action& action) {
  CLI::App* command = parent.add_subcommand(
      "predict", "the times of a device's sub-models from its probes, with 90 % intervals");
  add_file_and_profile(*command, arguments);
  command->add_option("--units", arguments.units, "only this sub-model, as 3..7");
  add_json(*command, arguments);
  command->callback([&] { action = [&] { return predictor_predict_command(arguments); }; });
}

void add_adapt(CLI::App& parent, PredictorArguments& arguments, Action& action) {
  CLI::App* command = parent.add_subcommand(
      "adapt",
      "learn a device from all sub-models of its profile, and write a predictor that knows it");
  add_file_and_profile(*command, arguments);
  command->add_option("--out", arguments.out, "predictor file to write")->required();
  add_json(*command, arguments);
  command->callback([&] { action = [&] { return predictor_adapt_command(arguments); }; });
}

}  // namespace

void add_predictor(CLI::App& app, PredictorArguments& arguments, Action& action) {
  CLI::App* command =
      app.add_subcommand("predictor", "times of sub-models on devices from a few measurements");
  command->require_subcommand(1);
  add_train(*command, arguments, action);
  add_evaluate(*command, arguments, action);
  add_predict(*command, arguments, action);
  add_adapt(*command, arguments, action);
}

}  // namespace acceptlab::app
