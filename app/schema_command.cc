#include <cstdio>

#include "app/commands.h"
#include "scenarios/describe.h"

namespace acceptlab::app {

int schema_command() {
  std::printf("%s", scenarios::describe_keys().c_str());
  return 0;
}

}  // namespace acceptlab::app
