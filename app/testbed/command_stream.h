#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/process.h"

namespace acceptlab::testbed {

// A program that takes commands from its standard input while it runs, as `tc -batch -` does: many
// commands cost one start of it.
class CommandStream {
 public:
  // `log` takes what it writes.
  CommandStream(std::vector<std::string> words, const std::filesystem::path& log);
  ~CommandStream();  // lets it read to the end, and waits for it
  CommandStream(const CommandStream&) = delete;
  CommandStream& operator=(const CommandStream&) = delete;

  // Whole lines. Throws std::runtime_error, with what it wrote, where the program has ended: by a
  // command said before.
  void say(const std::string& lines);

 private:
  struct Channel {
    Channel();
    int program_end = -1;
    int own_end = -1;
  };

  std::filesystem::path log_;
  Channel channel_;
  app::Process process_;
};

}  // namespace acceptlab::testbed
