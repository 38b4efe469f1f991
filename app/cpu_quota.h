#pragma once

#include <optional>

namespace acceptlab::app {

// How many processors' time this process may use, where a control group limits it (version 1 or 2);
// nothing where none does.
std::optional<double> cpu_quota();

}  // namespace acceptlab::app
