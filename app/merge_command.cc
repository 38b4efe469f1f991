#include <cstdio>
#include <filesystem>
#include <vector>

#include "app/commands.h"
#include "results/render.h"
#include "results/sweep_merge.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

int merge_command(const MergeArguments& arguments) {
  const std::vector<std::filesystem::path> shards(arguments.shards.begin(), arguments.shards.end());
  const int failed = results::merge_sweeps(shards, arguments.out);
  const Result<std::string> table = results::render_sweep(arguments.out);
  if (!table) throw std::runtime_error(table.error().message);
  std::printf("%s\nresults: %s\n", table.value().c_str(), arguments.out.c_str());
  return failed == 0 ? 0 : 1;
}

}  // namespace acceptlab::app
