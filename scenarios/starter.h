#pragma once

#include <string>

namespace acceptlab::scenarios {

// A scenario file to start from: every key with what describe_key says of it. Few are set, so that
// it is a quick run; the others stand behind '#' with their defaults. `name`, without its folder,
// is how the file's own comments call it.
std::string starter_scenario(const std::string& name);

}  // namespace acceptlab::scenarios
