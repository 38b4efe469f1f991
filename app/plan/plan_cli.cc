#include "app/plan/plan_cli.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>

namespace acceptlab::app {

namespace {

constexpr int kMostDevices = 4096;

void add_pipedream(CLI::App& command, PlanArguments& arguments, CLI::Option* graph) {
  CLI::Option* stages =
      command.add_option("--stages", arguments.stages, "identical devices in a row, each a stage")
          ->needs(graph)
          ->check(CLI::Range(1, kMostDevices));
  graph->needs(stages);
  command.add_flag("--at-most", arguments.at_most, "fewer stages are allowed")->needs(graph);
  command
      .add_option("--bandwidth", arguments.bandwidth,
                  "of every link: bytes/s, or with a unit as 10Gbit/s or 1.25GB/s (default: links "
                  "cost nothing)")
      ->type_name("RATE")
      ->needs(graph);
  command
      .add_flag("--dag", arguments.dag,
                "over all orders of the graph, not only Kahn's; gives no alternatives")
      ->needs(graph);
}

void add_output(CLI::App& command, PlanArguments& arguments) {
  command.add_flag("--json", arguments.json, "print JSON (partition/PROBLEM.md), not tables");
  command.add_option("--alternatives", arguments.alternatives, "next best plans to show")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000));
  command.add_flag("--no-explain", arguments.no_explain,
                   "leave out next best plans and what would change the plan: faster");
  command.add_option("--picture", arguments.picture, "draw the plan, too: a .svg or .png file")
      ->type_name("FILE")
      ->check([](const std::string& file) {
        const std::string suffix = std::filesystem::path(file).extension().string();
        return suffix == ".svg" || suffix == ".png" ? "" : file + " does not end in .svg or .png";
      });
}

}  // namespace

void add_plan(CLI::App& app, PlanArguments& arguments, std::function<int()>& action,
              const ScenarioProblem& scenario_problem) {
  CLI::App* command =
      app.add_subcommand("plan", "choose which device trains which units, and say why");
  CLI::Option_group* from = command->add_option_group("Problem", "one of:");
  CLI::Option* scenario = from->add_option("SCENARIO", arguments.scenario, "scenario file (TOML)");
  from->add_option("--problem", arguments.problem, "a bare problem (JSON, partition/PROBLEM.md)")
      ->type_name("FILE");
  CLI::Option* graph = from->add_option("--pipedream", arguments.pipedream,
                                        "a profile in PipeDream's graph.txt format")
                           ->type_name("FILE");
  from->require_option(1);
  command->add_option("--set", arguments.set, "override a key of SCENARIO; may be given again")
      ->type_name("KEY=VALUE")
      ->take_all()
      ->needs(scenario);
  command
      ->add_option("--profile", arguments.profile,
                   "device profile for SCENARIO's devices without one (default: measured now)")
      ->type_name("FILE")
      ->needs(scenario);
  add_pipedream(*command, arguments, graph);
  add_output(*command, arguments);
  command->footer(
      "A problem without feasible plan is answered with the reason and status 0; status 1 is a "
      "problem\nthat makes no sense. Times are those of one mini-batch.");
  command->callback([&arguments, &action, scenario_problem] {
    action = [&arguments, scenario_problem] { return plan_command(arguments, scenario_problem); };
  });
}

int run_cli(CLI::App& app, int argc, char** argv, const std::function<int()>& action) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  try {
    return action();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "acceptlab: %s\n", error.what());
    return EXIT_FAILURE;
  }
}

}  // namespace acceptlab::app
