#pragma once

#include <memory>
#include <vector>

#include "sim/network.h"
#include "sim/virtual_time.h"

namespace acceptlab::sim {

struct MessageOptions {
  int segment_bytes = 1448;  // TCP payload of a full packet, for the headers
};

// The fast network, for wide sweeps: a message occupies a link for its size (with the headers of
// its packets) over the rate, and the sender's window opens as in TCP's slow start. A few events a
// message instead of two a packet. On one link it agrees with the packet network (README.md); where
// several connections share a link it serves whole messages in turn, while TCP shares the rate.
// Throws ConfigError on links that cannot be, with loss or with a finite queue. `time` outlives the
// network and runs it.
std::unique_ptr<Network> make_message_network(VirtualTime& time, std::vector<LinkSpec> links,
                                              const MessageOptions& options, int device_count,
                                              Network::Delivered delivered);

}  // namespace acceptlab::sim
