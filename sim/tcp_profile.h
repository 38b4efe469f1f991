#pragma once

#include <cstdint>
#include <vector>

#include "runtime/base/units.h"
#include "sim/bandwidth_model.h"

namespace acceptlab::sim {

// What both networks assume about TCP. Header sizes are what ns-3 puts on a point-to-point link
// and are checked by the tests: PPP 2, IPv4 20, TCP 20 with 12 of options (timestamps).
inline constexpr Bytes kHeaderBytes{54};
inline constexpr Bytes kAckBytes = kHeaderBytes;
inline constexpr Bytes kSynBytes{58};  // SYN and SYN+ACK: 16 bytes of options
inline constexpr std::int64_t kSegmentsPerAck = 2;
inline constexpr Duration kDelayedAckTimeout = std::chrono::milliseconds(40);  // as Linux
inline constexpr std::int64_t kInitialWindowSegments = 10;                     // RFC 6928

// On the wire: `size` cut into segments, each with its headers.
constexpr std::int64_t segment_count(Bytes size, int segment_bytes) {
  return (size.count() + segment_bytes - 1) / segment_bytes;
}
constexpr Bytes with_headers(Bytes size, int segment_bytes) {
  return size + kHeaderBytes * segment_count(size, segment_bytes);
}

// Throws ConfigError unless it is in [64, 65000]: ns-3 and IPv4 have no room for larger packets.
void check_segment(int segment_bytes);

// One direction of a link, as a connection over it sees it.
struct Hop {
  RateRange rates;
  Duration delay{0};
};

// What the ends of a connection set up from the path between them.
struct ConnectionProfile {
  Duration round_trip{0};   // of one full segment and its acknowledgement at the fastest rates
  Bytes window;             // most bytes in flight
  bool window_covers_path;  // false where the window was cut at kLargestWindow
  bool hystart;
  Duration smallest_timeout{0};  // of retransmission
};

// Memory bounds the window: at 10 Gbit/s with 1 s of round trip it is below the
// bandwidth-delay product, and a connection cannot fill the link.
inline constexpr Bytes kLargestWindow{256LL << 20};

// `there` and `back` are the hops of the two ways.
ConnectionProfile connection_profile(const std::vector<Hop>& there, const std::vector<Hop>& back,
                                     int segment_bytes);

}  // namespace acceptlab::sim
