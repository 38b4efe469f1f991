#pragma once

#include <cstdint>
#include <deque>

#include "runtime/base/units.h"
#include "sim/rate_timeline.h"
#include "sim/tcp_profile.h"

namespace acceptlab::sim {

// How long the sender of one connection is held back by its window. The window starts at
// kInitialWindowSegments and grows by every byte acknowledged (slow start with byte counting, RFC
// 3465) up to the profile's window; there is no loss to end slow start. It stays open while the
// connection is idle, as in ns-3.
class SlowStart {
 public:
  // What the path looks like when a transfer starts.
  struct Path {
    Duration ack_delay{0};     // from the first link's last bit of a segment to its acknowledgement
    BitsPerSecond bottleneck;  // slowest link: acknowledgements come at its pace
  };
  struct Transfer {
    TimePoint finish;     // last bit has left the first link
    Duration stalled{0};  // of that, waiting for acknowledgements
  };

  SlowStart(const ConnectionProfile& profile, int segment_bytes)
      : profile_(profile), segment_(segment_bytes) {}

  // Sends `size` of payload over the first link from `begin` on, alone on that link. Requires:
  // transfers do not overlap and come in order.
  Transfer transfer(TimePoint begin, Bytes size, const Path& path, RateTimeline& link);

 private:
  // Segments sent without a pause, and when the sender knows that they have arrived. As in ns-3,
  // the first segment of a connection is acknowledged at once, then every second one; one that is
  // left over waits for the next flight or for the receiver's timer.
  struct Flight {
    TimePoint first_ack;
    Duration spacing{1};          // of acknowledgements
    TimePoint late_ack;           // of the segment left over, by the timer
    std::int64_t start = 0;       // position of the first byte in the stream
    std::int64_t end = 0;         // after the last byte
    std::int64_t first_segments;  // of this flight, that the first acknowledgement covers
    std::int64_t acks;            // not counting the late one
  };
  void record(TimePoint begin, TimePoint finish, std::int64_t bytes, const Path& path,
              BitsPerSecond rate);
  std::int64_t acked(const Flight& flight, TimePoint time) const;
  std::int64_t allowance(TimePoint time);
  TimePoint next_ack(TimePoint time) const;

  ConnectionProfile profile_;
  std::int64_t segment_;
  bool open_ = false;      // the window holds nothing back any more
  std::int64_t sent_ = 0;  // bytes, while not open
  std::int64_t sent_segments_ = 0;
  std::int64_t acked_ = 0;  // bytes
  std::deque<Flight> flights_;
};

}  // namespace acceptlab::sim
