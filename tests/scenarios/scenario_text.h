#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "scenarios/document.h"
#include "scenarios/load.h"
#include "scenarios/sweep.h"

// Short ways to write a scenario in a test. Messages call the text "x.toml".
namespace acceptlab::scenarios {

inline Document document_of(const std::string& text, const std::vector<std::string>& sets = {}) {
  return parse_document(text, "x.toml", testing::TempDir(), sets);
}

inline Scenario load(const std::string& text, const std::vector<std::string>& sets = {}) {
  return load_scenario(document_of(text, sets));
}

// A scenario with two devices needs no more than this.
inline Scenario load_two(const std::string& text, const std::vector<std::string>& sets = {}) {
  return load("device_count = 2\n" + text, sets);  // `text` begins at line 2
}

template <typename Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

inline std::string load_error(const std::string& text, const std::vector<std::string>& sets = {}) {
  return error_of([&] { load(text, sets); });
}

// The error of a scenario with two devices; `text` begins at line 2.
inline std::string error_two(const std::string& text, const std::vector<std::string>& sets = {}) {
  return error_of([&] { load_two(text, sets); });
}

inline std::string sweep_error(const std::string& text, const std::vector<std::string>& sets = {}) {
  return error_of([&] { expand_sweep(document_of("device_count = 2\n" + text, sets)); });
}

// A file of the test's own in its temporary directory, removed at the end.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, const std::string& content)
      : path_(std::filesystem::path(testing::TempDir()) / name) {
    std::filesystem::create_directories(path_.parent_path());
    write(content);
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(const std::string& content) const { std::ofstream(path_) << content; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace acceptlab::scenarios
