#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "scenarios/scenario.h"

namespace acceptlab::app {

// What of this host a testbed may use.
struct TestbedHost {
  std::vector<int> processors;  // that devices run on
  bool overcommit = false;      // go on where the devices need more than that
};

// Whether the processors can give every device its share at any time, and that in words.
struct HostLoad {
  bool carried = true;
  std::string text;  // "3 devices need 0.92 of 1 processor (0)"
};
HostLoad load_of(const scenarios::Scenario& scenario, const std::vector<int>& processors);

// Throws ConfigError where a scenario asks for what a testbed on this host cannot do: delay, loss,
// a device faster than the host or, without overcommit, more processors than there are.
void check_testbed(const scenarios::Scenario& scenario, const TestbedHost& host);

// Throws ConfigError where this host lacks something that a testbed needs. Then removes what killed
// testbeds have left, and says so on standard error.
void prepare_host();

struct TestbedRun {
  const scenarios::Scenario& scenario;
  const TestbedHost& host;
  std::filesystem::path folder;  // of the results
  bool quiet = false;            // the central node's output goes to a file, too
};

enum class TestbedOutcome { kTrained, kInterrupted };

// Trains for real: a process per device, each in a network namespace of its own with its share of
// the processors, over shaped links. Makes the run folder, with the devices' output in its logs/;
// nothing else is left when it returns or throws. Throws std::runtime_error, with where the output
// is, where training failed. Requires: the two checks above passed.
TestbedOutcome run_on_testbed(const TestbedRun& run);

// The file of this very program, to start it anew.
std::string own_program();

}  // namespace acceptlab::app
