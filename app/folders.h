#pragma once

#include <filesystem>
#include <string>

// Where results go when the user names no folder: below runs/ in the working directory.
namespace acceptlab::app {

// runs/<name>, or runs/<name>-2, -3... where that exists.
std::filesystem::path free_run_folder(const std::string& name);

// runs/<name>: always the same, so that a sweep started again goes on.
std::filesystem::path sweep_folder(const std::string& name);

// Removes a run folder, finished or not. Throws ConfigError where the folder is not a run's.
void remove_results(const std::filesystem::path& folder);

}  // namespace acceptlab::app
