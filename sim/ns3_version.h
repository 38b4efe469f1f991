#pragma once

#include <string>

namespace acceptlab::sim {

// Of the ns-3 that the program was compiled with, e.g. "3.37".
std::string ns3_version();

}  // namespace acceptlab::sim
