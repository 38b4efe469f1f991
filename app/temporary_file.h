#pragma once

#include <cstdio>
#include <memory>
#include <string>

namespace acceptlab::app {

// A file without a name, gone when it is closed.
using TemporaryFile = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

// Holds this text and stands at its beginning. Throws std::runtime_error.
TemporaryFile temporary_file(const std::string& text);

// All that was written to a file so far, by whatever process.
std::string content_of(std::FILE* file);

}  // namespace acceptlab::app
