#include <cstdio>
#include <filesystem>
#include <thread>

#include "app/commands.h"
#include "app/folders.h"
#include "app/sweep.h"
#include "results/render.h"
#include "runtime/base/result.h"
#include "scenarios/sweep.h"

namespace acceptlab::app {

int sweep_command(const SweepArguments& arguments) {
  const scenarios::Document document = scenarios::read_document(arguments.scenario, arguments.set);
  if (!document.has_sweep()) {
    throw ConfigError(arguments.scenario + ": has no [sweep]; use 'acceptlab run'");
  }
  const Result<results::Shard> shard = results::parse_shard(arguments.shard);
  if (!shard) throw ConfigError("--shard: " + shard.error().message);
  const std::filesystem::path folder =
      arguments.out.empty()
          ? sweep_folder(std::filesystem::path(arguments.scenario).stem().string())
          : std::filesystem::path(arguments.out);
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const int jobs = arguments.jobs > 0 ? arguments.jobs : (cores > 0 ? cores : 1);
  const bool complete =
      run_sweep({document, folder, arguments.command_line, jobs, arguments.force, shard.value()});
  const Result<std::string> table = results::render_sweep(folder);
  if (!table) throw std::runtime_error(table.error().message);
  std::printf("%s\nresults: %s\n", table.value().c_str(), folder.string().c_str());
  return complete ? 0 : 1;
}

}  // namespace acceptlab::app
