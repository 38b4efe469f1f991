#pragma once

#include <filesystem>
#include <string>

namespace acceptlab::app {

// Puts the tables of this name of all finished runs of a sweep together: each with the number of
// its point in a first column `point`. Runs without such a table are left out; where none has one,
// nothing is written. Throws ConfigError where a file cannot be read or written, or where headers
// differ.
void gather_tables(const std::filesystem::path& sweep, const std::string& name,
                   const std::filesystem::path& out);

}  // namespace acceptlab::app
