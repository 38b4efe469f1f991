#include <cstdio>
#include <filesystem>

#include "app/commands.h"
#include "results/text_file.h"
#include "runtime/base/result.h"
#include "scenarios/starter.h"

namespace acceptlab::app {

int init_command(const InitArguments& arguments) {
  const std::string& file = arguments.file;
  if (!arguments.force && std::filesystem::exists(file)) {
    throw ConfigError(file + ": exists; --force replaces it");
  }
  const auto written = results::replace_text(file, scenarios::starter_scenario(file));
  if (!written) throw ConfigError(written.error().message);
  std::printf("%s: written; try it: acceptlab run %s\n", file.c_str(), file.c_str());
  return 0;
}

}  // namespace acceptlab::app
