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
  const Bytes packet = Bytes(segment_) + kHeaderBytes;
  const std::int64_t segments = (bytes + segment_ - 1) / segment_;
  Flight flight;
  flight.start = sent_;
  flight.end = sent_ + bytes;
  flight.first_segments = sent_segments_ % kSegmentsPerAck == 0 ? 1 : kSegmentsPerAck;
  flight.acks = (segments - flight.first_segments) / kSegmentsPerAck + 1;
  if (segments < flight.first_segments) flight.acks = 0;
  flight.first_ack = std::min(begin + packet * flight.first_segments / rate, finish);
  flight.first_ack += path.ack_delay;
  flight.spacing = packet * kSegmentsPerAck / std::min(rate, path.bottleneck);
  flight.late_ack =
      std::max(finish + path.ack_delay,
               flight.first_ack + flight.spacing * std::max<std::int64_t>(flight.acks - 1, 0));
  const std::int64_t covered = flight.first_segments + (flight.acks - 1) * kSegmentsPerAck;
  if (flight.acks == 0 || covered < segments) flight.late_ack += kDelayedAckTimeout;
  flights_.push_back(flight);
  sent_ = flight.end;
  sent_segments_ += segments;
}

// The position up to which acknowledgements of this flight have come.
std::int64_t SlowStart::acked(const Flight& flight, TimePoint time) const {
  if (time >= flight.late_ack) return flight.end;
  if (time < flight.first_ack || flight.acks == 0) return 0;
  const std::int64_t acks =
      std::min<std::int64_t>(1 + (time - flight.first_ack) / flight.spacing, flight.acks);
  const std::int64_t segments = flight.first_segments + (acks - 1) * kSegmentsPerAck;
  return std::min(flight.start + segments * segment_, flight.end);
}

// What may be sent at `time` without leaving the window.
std::int64_t SlowStart::allowance(TimePoint time) {
  for (const Flight& flight : flights_) acked_ = std::max(acked_, acked(flight, time));
  while (!flights_.empty() && flights_.front().end <= acked_) flights_.pop_front();
  const std::int64_t window = kInitialWindowSegments * segment_ + acked_;
  if (window >= profile_.window.count() && profile_.window_covers_path) {
    open_ = true;
    flights_.clear();
    return profile_.window.count();
  }
  return std::min(window, profile_.window.count()) - (sent_ - acked_);
}

// The first acknowledgement of anything new after `time`.
TimePoint SlowStart::next_ack(TimePoint time) const {
  ACCEPTLAB_CHECK(!flights_.empty());
  TimePoint next = TimePoint::max();
  for (const Flight& flight : flights_) {
    next = std::min(next, std::max(flight.late_ack, time + Duration(1)));
    if (flight.acks == 0) continue;
    const std::int64_t done =
        time < flight.first_ack ? 0 : 1 + (time - flight.first_ack) / flight.spacing;
    if (done < flight.acks) next = std::min(next, flight.first_ack + flight.spacing * done);
  }
  return next;
}

}  // namespace acceptlab::sim
