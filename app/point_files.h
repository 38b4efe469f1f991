#pragma once

#include <filesystem>
#include <string>

#include "scenarios/sweep.h"

namespace acceptlab::app {

// The name of a point's folder: its number from 1 and what is swept, "0007_method=even". Letters,
// digits and a few signs; never too long for a file.
std::string point_name(const scenarios::SweepPoint& point);

// The last line of a log that says anything: why a process failed.
std::string last_line_of(const std::filesystem::path& file);

}  // namespace acceptlab::app
