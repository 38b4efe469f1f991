#pragma once

#include <string>

namespace acceptlab::scenarios {

// Help text: every key with type, unit, default, allowed values and meaning.
std::string describe_keys();

}  // namespace acceptlab::scenarios
