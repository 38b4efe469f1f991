#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace acceptlab::app {

// Puts the tables of this name of all finished runs of a sweep together: each with the number of
// its point in a first column `point`. Runs without such a table are left out; where none has one,
// nothing is written. Throws ConfigError where a file cannot be read or written, or where headers
// differ.
void gather_tables(const std::filesystem::path& sweep, const std::string& name,
                   const std::filesystem::path& out);

// The revisions of the programs that computed the finished points, each once. Throws ConfigError
// where a manifest cannot be read.
std::vector<std::string> revisions_of(const std::filesystem::path& sweep);

}  // namespace acceptlab::app
