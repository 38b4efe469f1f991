#pragma once

#include <string>

#include "runtime/base/units.h"
#include "runtime/device/socket_links.h"
#include "runtime/device/steady_clock.h"

namespace acceptlab::app {

// What one direction of a link between two devices was measured to give.
struct LinkMeasurement {
  BitsPerSecond rate;   // of messages' bytes, once a transfer is under way
  Duration latency{0};  // half of the shortest round trip
};

// Sends messages of growing size to a device that answers each (answer_probe), until one takes a
// quarter of a second. The rate is taken from the difference of two sizes, so that what every
// message costs, and what a shaper lets pass at first, does not count.
// Throws std::runtime_error where no answer comes within `patience`.
LinkMeasurement probe_link(device::SocketLinks& links, const device::SteadyClock& clock,
                           const std::string& to, Duration patience);

// Answers a probe, a control message of type "probe".
void answer_probe(device::SocketLinks& links, const device::SteadyClock& clock,
                  const device::Arrived& probe);

}  // namespace acceptlab::app
