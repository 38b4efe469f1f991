#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "app/commands.h"

namespace acceptlab::app {

struct DeviceArguments {
  KeysNewArguments keys_new;
  std::string directory;
  std::string name;
  std::string public_key;
  WorkerArguments worker;
  TrainArguments train;
  EmulateFromArguments emulate_from;
};

// Adds --stage-times, one of kTimesOfTraining, kTimesOfWarmup and kTimesOfProfile.
void add_stage_times(CLI::App& command, std::string& times);

// Adds `keys`, `worker`, `train` and `emulate-from`. Parsing one sets `action` to what it does.
// `arguments` and `action` outlive the command line.
void add_device_commands(CLI::App& app, DeviceArguments& arguments, std::function<int()>& action);

}  // namespace acceptlab::app
