#pragma once

#include "bench/sim/network_case.h"

namespace acceptlab::sim {

// The one-way messages of `c` in a plain ns-3 program: two nodes, one link, two sockets, no code
// of ours but this. What the packet network may cost is measured against it.
void run_bare_ns3(const NetworkCase& c);

}  // namespace acceptlab::sim
