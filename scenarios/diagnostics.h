#pragma once

#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "scenarios/value.h"

namespace acceptlab::scenarios {

// Collects what is wrong with a scenario, so that a user sees all of it at once.
class Diagnostics {
 public:
  // "lte.toml:12: key 'seed': must be ..."
  void add(const Origin& origin, const std::string& path, const std::string& problem) {
    add(origin.text + ": key '" + path + "': " + problem);
  }
  void add(std::string message) {
    for (const std::string& known : messages_) {
      if (known == message) return;  // the same mistake seen again in another point of a sweep
    }
    messages_.push_back(std::move(message));
  }
  void add_all(const Diagnostics& others) {
    for (const std::string& message : others.messages_) add(message);
  }
  bool empty() const { return messages_.empty(); }
  // Throws ConfigError with one message a line, unless there are none.
  void throw_if_any() const {
    if (messages_.empty()) return;
    std::string all;
    for (const std::string& message : messages_) all += (all.empty() ? "" : "\n") + message;
    throw ConfigError(all);
  }

 private:
  std::vector<std::string> messages_;
};

}  // namespace acceptlab::scenarios
