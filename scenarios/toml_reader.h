#pragma once

#include <string>
#include <string_view>

#include "scenarios/value.h"

namespace acceptlab::scenarios {

// Reads TOML 1.0. Origins are "<source>:<line>". Throws ConfigError for syntax errors (with line
// and column) and for dates and times, which no key takes.
Table parse_toml(std::string_view text, const std::string& source);

// Reads the right-hand side of "key = ..."; everything in it has the given origin. Throws
// ConfigError.
Value parse_toml_value(std::string_view text, const Origin& origin);

}  // namespace acceptlab::scenarios
