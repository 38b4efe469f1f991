#pragma once

#include <string>
#include <vector>

// Scripts with which a shell completes the command line.
namespace acceptlab::app {

// What an argument may be.
enum class ArgumentKind {
  kFlag,      // an option that takes none
  kWords,     // one of `words`
  kFile,      // any file or folder
  kScenario,  // a scenario file
  kSetting,   // KEY=VALUE of a scenario
  kOther,     // a number or text that nothing is known of
};

struct CompletionArgument {
  std::vector<std::string> names;  // of an option: "--out", "-h"; of a positional argument: none
  std::string help;                // one line
  ArgumentKind kind = ArgumentKind::kOther;
  std::vector<std::string> words;
};

// A command and what may follow it.
struct CompletionCommand {
  std::string path;  // "codec encode"; "": the program itself
  std::string help;  // one line
  std::vector<CompletionArgument> options;
  std::vector<CompletionArgument> positionals;
};

// A scenario key, as --set takes it.
struct CompletionSetting {
  std::string key;
  std::vector<std::string> words;  // that it may be; empty: a number or any text
};

struct CommandLine {
  std::vector<CompletionCommand> commands;  // each behind the one that it belongs to
  std::vector<CompletionSetting> settings;
};

std::string bash_completion(const CommandLine& line);
std::string zsh_completion(const CommandLine& line);
std::string fish_completion(const CommandLine& line);

}  // namespace acceptlab::app
