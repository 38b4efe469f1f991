#pragma once

#include <optional>
#include <string>
#include <vector>

namespace acceptlab::testbed {

// How much processor time a control group gets: quota in every period.
struct CpuQuota {
  int period_us = 0;
  int quota_us = 0;
};

// A device slower than this host by `slowdown` gets 1 / slowdown of a processor. Periods are as
// short as the kernel's least quota (1 ms) allows, 5 ms or more: within one, a device computes at
// the host's speed. Throws ConfigError where slowdown is below 1, as no quota makes a host faster,
// or above 1000.
CpuQuota quota_of(double slowdown);

// Processors that devices of these slowdowns occupy when all compute.
double processors_needed(const std::vector<double>& slowdowns);

// Whether so many processors let every device have its share at any time.
bool is_carried(double needed, int processors);

// Reads "0", "0,2" or "0-3,6", as the kernel writes lists of processors; nothing where it is none.
std::optional<std::vector<int>> parse_processors(const std::string& text);
std::string processors_text(const std::vector<int>& processors);

}  // namespace acceptlab::testbed
