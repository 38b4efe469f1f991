#include <cstdio>
#include <filesystem>

#include "app/commands.h"
#include "app/folders.h"
#include "app/interrupts.h"
#include "app/training_run.h"
#include "results/render.h"
#include "runtime/base/result.h"
#include "scenarios/load.h"

namespace acceptlab::app {

int run_command(const RunArguments& arguments) {
  const scenarios::Document document = scenarios::read_document(arguments.scenario, arguments.set);
  if (document.has_sweep()) {
    throw ConfigError(arguments.scenario +
                      ": has a [sweep]; use 'acceptlab sweep', or fix each swept key with --set");
  }
  const scenarios::Scenario scenario = scenarios::load_scenario(document);
  const std::filesystem::path folder =
      arguments.out.empty() ? free_run_folder(scenario.name) : std::filesystem::path(arguments.out);
  RunRequest request{scenario, folder, arguments.command_line};
  request.replace = arguments.force;
  request.show_progress = true;
  if (!arguments.resume.empty()) request.resume_from = arguments.resume;
  const InterruptGuard interrupts(SecondInterrupt::kEnds);
  request.stop_wanted = [&interrupts] { return interrupts.interrupted(); };
  run_training(request);
  const Result<std::string> table = results::render_run(folder);
  if (!table) throw std::runtime_error(table.error().message);
  std::printf("%s\nresults: %s\n", table.value().c_str(), folder.string().c_str());
  return interrupts.interrupted() ? kInterruptedExit : 0;
}

}  // namespace acceptlab::app
