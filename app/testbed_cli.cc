#include "app/testbed_cli.h"

#include "app/device/device_cli.h"

namespace acceptlab::app {

namespace {

void add_host_options(CLI::App& command, TestbedHostArguments& host) {
  command.add_option("--processors", host.processors,
                     "processors of this host that devices run on, e.g. 0 or 0,2 (default: one of "
                     "each core)");
  command.add_flag("--overcommit", host.overcommit,
                   "go on where the devices need more than these processors have");
}

void add_set(CLI::App& command, std::vector<std::string>& set) {
  command
      .add_option("--set", set,
                  "override a scenario key, e.g. --set network.delay_ms=0; may be given several "
                  "times")
      ->type_name("KEY=VALUE")
      ->take_all();
}

void add_run(CLI::App& testbed, TestbedRunArguments& arguments, std::function<int()>& action) {
  CLI::App* command = testbed.add_subcommand("run", "train once, for real");
  command->add_option("SCENARIO", arguments.scenario, "scenario file (TOML)")->required();
  add_set(*command, arguments.set);
  command->add_option("--out", arguments.out, "run folder to make (default: runs/<name>)");
  command->add_flag("--force", arguments.force, "replace the run folder --out if it exists");
  add_host_options(*command, arguments.host);
  command->callback([&] { action = [&] { return testbed_run_command(arguments); }; });
}

void add_validate(CLI::App& app, ValidateArguments& arguments, std::function<int()>& action) {
  CLI::App* command = app.add_subcommand(
      "validate", "train every point of a grid on the testbed and emulated, and compare the times");
  command->add_option("SCENARIO", arguments.scenarios, "scenario files (TOML), with a [sweep] each")
      ->required();
  add_set(*command, arguments.set);
  command->add_option("--out", arguments.out,
                      "folder (default: runs/<file name>); finished points in it are kept");
  command->add_flag("--emulate-again", arguments.emulate_again,
                    "emulate finished points anew; what was measured is kept");
  add_stage_times(*command, arguments.stage_times);
  add_host_options(*command, arguments.host);
  command->footer(
      "Interrupt it when you like: started again, it goes on with the points that are missing.");
  command->callback([&] { action = [&] { return validate_command(arguments); }; });
}

}  // namespace

void add_testbed(CLI::App& app, TestbedArguments& arguments, std::function<int()>& action) {
  CLI::App* testbed = app.add_subcommand(
      "testbed", "devices on this host: network namespaces, shaped links, CPU quotas (needs root)");
  testbed->require_subcommand(1);
  add_run(*testbed, arguments.run, action);
  add_validate(app, arguments.validate, action);
}

}  // namespace acceptlab::app
