#include "sim/slow_start.h"

#include <algorithm>

#include "runtime/base/check.h"

namespace acceptlab::sim {

SlowStart::Transfer SlowStart::transfer(TimePoint begin, Bytes size, const Path& path,
                                        RateTimeline& link) {
  const auto segment_bytes = static_cast<int>(segment_);
  Transfer result{begin, Duration(0)};
  for (std::int64_t left = size.count(); left > 0;) {
    const std::int64_t allowed = open_ ? left : allowance(result.finish);
    const std::int64_t bytes = allowed >= left ? left : allowed / segment_ * segment_;
    if (bytes == 0) {
      const TimePoint resumed = next_ack(result.finish);
      result.stalled += resumed - result.finish;
      result.finish = resumed;
      continue;
    }
    const TimePoint start = result.finish;
    const BitsPerSecond rate = link.rate_at(start);
    result.finish = link.finish(start, with_headers(Bytes(bytes), segment_bytes));
    if (!open_) record(start, result.finish, bytes, path, rate);
    left -= bytes;
  }
  return result;
}

void SlowStart::record(TimePoint begin, TimePoint finish, std::int64_t bytes, const Path& path,
                       BitsPerSecond rate) {
  const std::int64_t segments = (bytes + segment_ - 1) / segment_;
  const std::int64_t later_acks = (segments - 1) / kSegmentsPerAck;
  const Bytes pair = with_headers(Bytes(segment_ * kSegmentsPerAck), static_cast<int>(segment_));
  const TimePoint first = std::min(begin + pair / rate, finish) + path.ack_delay;
  const Duration at_source =
      later_acks == 0 ? Duration(1) : (finish + path.ack_delay - first) / later_acks;
  flights_.push_back({first, std::max(at_source, pair / path.bottleneck), bytes});
  sent_ += bytes;
}

std::int64_t SlowStart::acked(const Flight& flight, TimePoint time) const {
  if (time < flight.first_ack) return 0;
  const std::int64_t acks = 1 + (time - flight.first_ack) / flight.spacing;
  const std::int64_t most = (flight.bytes + segment_ - 1) / (segment_ * kSegmentsPerAck) + 1;
  return acks >= most ? flight.bytes : std::min(acks * kSegmentsPerAck * segment_, flight.bytes);
}

// What may be sent at `time` without leaving the window.
std::int64_t SlowStart::allowance(TimePoint time) {
  while (!flights_.empty() && acked(flights_.front(), time) == flights_.front().bytes) {
    acked_before_ += flights_.front().bytes;
    flights_.pop_front();
  }
  std::int64_t total_acked = acked_before_;
  for (const Flight& flight : flights_) total_acked += acked(flight, time);
  const std::int64_t window = kInitialWindowSegments * segment_ + total_acked;
  if (window >= profile_.window.count() && profile_.window_covers_path) {
    open_ = true;
    flights_.clear();
    return profile_.window.count();
  }
  return std::min(window, profile_.window.count()) - (sent_ - total_acked);
}

TimePoint SlowStart::next_ack(TimePoint time) const {
  ACCEPTLAB_CHECK(!flights_.empty());
  const Flight& flight = flights_.front();
  if (time < flight.first_ack) return flight.first_ack;
  const auto acks = (time - flight.first_ack) / flight.spacing;
  return flight.first_ack + flight.spacing * (acks + 1);
}

}  // namespace acceptlab::sim
