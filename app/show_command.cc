#include <cstdio>

#include "app/commands.h"
#include "results/render.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

int show_command(const std::string& folder) {
  const Result<std::string> text = results::render(folder);
  if (!text) throw ConfigError(text.error().message);
  std::printf("%s", text.value().c_str());
  return 0;
}

}  // namespace acceptlab::app
