#pragma once

#include <filesystem>

#include "app/device/cluster_session.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// The scenario on the links that were measured: their rates and latencies stand where its own are
// constant; links that vary stay as they are. No device has a slowdown: profiles measured on the
// devices have it in them.
scenarios::Scenario as_measured(const scenarios::Scenario& scenario, const MeasuredLinks& links);

// from_device, to_device, rate_mbit_s, latency_ms.
void write_links(const MeasuredLinks& links, const std::filesystem::path& file);
// Throws ConfigError, naming file and line, where it is no such file.
MeasuredLinks read_links(const std::filesystem::path& file);

}  // namespace acceptlab::app
