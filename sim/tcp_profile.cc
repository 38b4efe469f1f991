#include "sim/tcp_profile.h"

#include <algorithm>
#include <string>

#include "runtime/base/result.h"

namespace acceptlab::sim {
namespace {

using std::chrono::milliseconds;

// Twice the bandwidth-delay product: acknowledgements come in bursts when both directions are busy.
constexpr std::int64_t kWindowPerProduct = 2;
// On short paths the product is less than a packet.
constexpr std::int64_t kSmallestWindowSegments = 32;
constexpr Duration kHystartAbove = milliseconds(1);

// Linux waits at least 200 ms, RFC 6298 asks for 1 s. ns-3 cannot undo a spurious timeout as Linux
// does, so a path that needs long for an initial window gets as much on top.
constexpr Duration kFastTimeout = milliseconds(200);
constexpr Duration kSlowTimeout = milliseconds(1000);

Duration one_way(const std::vector<Hop>& hops, Bytes packet) {
  Duration sum{0};
  for (const Hop& hop : hops) sum += hop.delay + packet / hop.rates.fastest;
  return sum;
}

BitsPerSecond narrowest(const std::vector<Hop>& hops, BitsPerSecond RateRange::*rate) {
  BitsPerSecond result = hops.front().rates.*rate;
  for (const Hop& hop : hops) result = std::min(result, hop.rates.*rate);
  return result;
}

constexpr int kSmallestSegment = 64;
constexpr int kLargestSegment = 65000;

}  // namespace

void check_segment(int segment_bytes) {
  if (segment_bytes >= kSmallestSegment && segment_bytes <= kLargestSegment) return;
  throw ConfigError("segment_bytes must be in [" + std::to_string(kSmallestSegment) + ", " +
                    std::to_string(kLargestSegment) + "], not " + std::to_string(segment_bytes));
}

ConnectionProfile connection_profile(const std::vector<Hop>& there, const std::vector<Hop>& back,
                                     int segment_bytes) {
  const Bytes packet = Bytes(segment_bytes) + kHeaderBytes;
  ConnectionProfile profile;
  profile.round_trip = one_way(there, packet) + one_way(back, packet);
  const Bytes product = narrowest(there, &RateRange::fastest) * profile.round_trip;
  const Bytes wanted =
      std::max(product * kWindowPerProduct, Bytes(segment_bytes) * kSmallestWindowSegments);
  profile.window = std::min(wanted, kLargestWindow);
  profile.window_covers_path = product < kLargestWindow;
  profile.hystart = profile.round_trip > kHystartAbove;
  const Bytes first_flight = packet * kInitialWindowSegments;
  profile.smallest_timeout =
      std::min(kFastTimeout + first_flight / narrowest(there, &RateRange::slowest), kSlowTimeout);
  return profile;
}

}  // namespace acceptlab::sim
