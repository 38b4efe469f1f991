#pragma once

#include <string>

#include "app/testbed/layout.h"

// The network of a testbed as input of `ip -batch -`, a command a line.
namespace acceptlab::testbed {

// Bytes of a packet beside a TCP segment's payload: IPv4 and TCP with timestamps.
constexpr int kPacketHeaderBytes = 52;

// In this host's namespace: a namespace per device, and per pair of devices a veth pair with an end
// in the namespace of each. Nothing appears in the host's own namespace.
std::string make_network(const Layout& layout);
// In the namespace of one device, once the above is done: its address, its interfaces, with packets
// that hold segments of this size, and the routes to all others.
std::string configure_device(const Layout& layout, int device, int segment_bytes);
// In this host's namespace: undoes make_network().
std::string remove_network(const Layout& layout);

}  // namespace acceptlab::testbed
