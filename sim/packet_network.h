#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/network.h"
#include "sim/virtual_time.h"

namespace acceptlab::sim {

struct PacketOptions {
  int segment_bytes = 1448;  // TCP payload of a full packet, 64 to 65000
  // Acknowledgements pass data in a device's queue, in place of Linux's small queues (README.md).
  // false: plain first in, first out.
  bool acks_first = true;
};

// The reference network: every packet of every TCP connection (Cubic) on ns-3 point-to-point links.
// `seed` decides the losses. Throws ConfigError on links that cannot be. `time` outlives the
// network and runs it; only one network may be made per VirtualTime.
std::unique_ptr<Network> make_packet_network(VirtualTime& time, std::vector<LinkSpec> links,
                                             const PacketOptions& options, int device_count,
                                             std::uint64_t seed, Network::Delivered delivered);

}  // namespace acceptlab::sim
