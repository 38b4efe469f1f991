#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include "app/commands.h"
#include "app/folders.h"
#include "app/testbed/capacity.h"
#include "app/testbed/host.h"
#include "app/testbed_run.h"
#include "app/validation.h"
#include "results/render.h"
#include "runtime/base/result.h"
#include "scenarios/load.h"

namespace acceptlab::app {

namespace {

namespace fs = std::filesystem;

TestbedHost host_of(const TestbedHostArguments& arguments) {
  TestbedHost host;
  host.overcommit = arguments.overcommit;
  host.processors = testbed::one_processor_per_core();
  if (arguments.processors.empty()) return host;
  const auto processors = testbed::parse_processors(arguments.processors);
  if (!processors) {
    throw ConfigError("--processors must be a list such as 0 or 0,2 or 0-3, got '" +
                      arguments.processors + "'");
  }
  host.processors = *processors;
  return host;
}

void say_load(const scenarios::Scenario& scenario, const TestbedHost& host) {
  const HostLoad load = load_of(scenario, host.processors);
  std::fprintf(
      stderr, "%s: %s\n", load.text.c_str(),
      load.carried ? "the host carries them" : "WARNING: when all compute, none gets its share");
}

}  // namespace

int testbed_run_command(const TestbedRunArguments& arguments) {
  const scenarios::Document document = scenarios::read_document(arguments.scenario, arguments.set);
  if (document.has_sweep()) {
    throw ConfigError(
        arguments.scenario +
        ": has a [sweep]; use 'acceptlab validate', or fix each swept key with --set");
  }
  const scenarios::Scenario scenario = scenarios::load_scenario(document);
  const TestbedHost host = host_of(arguments.host);
  check_testbed(scenario, host);
  prepare_host();
  const fs::path folder =
      arguments.out.empty() ? free_run_folder(scenario.name) : fs::path(arguments.out);
  if (arguments.force) remove_results(folder);
  say_load(scenario, host);
  if (run_on_testbed({scenario, host, folder, false}) == TestbedOutcome::kInterrupted) {
    std::fprintf(stderr, "interrupted: the testbed is removed\n");
    return 1;
  }
  return 0;  // the central node has printed the result
}

int validate_command(const ValidateArguments& arguments) {
  std::vector<scenarios::Document> documents;
  for (const std::string& scenario : arguments.scenarios) {
    documents.push_back(scenarios::read_document(scenario, arguments.set));
  }
  const fs::path folder = arguments.out.empty()
                              ? sweep_folder(fs::path(arguments.scenarios.front()).stem().string())
                              : fs::path(arguments.out);
  const bool complete = run_validation(
      {documents, folder, host_of(arguments.host), arguments.emulate_again, arguments.stage_times});
  const Result<std::string> table = results::render_fidelity(folder);
  if (!table) throw std::runtime_error(table.error().message);
  std::printf("%s\nresults: %s\n", table.value().c_str(), folder.string().c_str());
  return complete ? 0 : 1;
}

}  // namespace acceptlab::app
