#pragma once

#include <optional>
#include <string>
#include <vector>

// What each sub-command of `acceptlab` does once its arguments are parsed. All return the exit
// code and throw ConfigError on wrong input.
namespace acceptlab::app {

struct RunArguments {
  std::string scenario;
  std::vector<std::string> set;  // key=value
  std::string out;               // empty: runs/<name>
  std::string resume;            // checkpoint; empty: from the beginning
  bool force = false;
  std::string command_line;
};
int run_command(const RunArguments& arguments);

struct SweepArguments {
  std::string scenario;
  std::vector<std::string> set;
  std::string out;
  int jobs = 0;  // 0: one a core
  bool force = false;
  std::string command_line;
};
int sweep_command(const SweepArguments& arguments);

int show_command(const std::string& folder);

struct PlotArguments {
  std::string folder;
  std::string out;  // empty: <folder>/plots
};
int plot_command(const PlotArguments& arguments);

struct ProfileArguments {
  std::string model = "mobilenetv2";
  double width = 1.0;
  int classes = 10;
  int batch = 32;
  int repetitions = 10;
  bool sub_models = false;
  std::string out;
};
int profile_command(const ProfileArguments& arguments);

int keys_command();

}  // namespace acceptlab::app
