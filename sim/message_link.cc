#include "sim/message_link.h"

#include <algorithm>
#include <utility>

#include "sim/tcp_profile.h"

namespace acceptlab::sim {

MessageLink::MessageLink(VirtualTime& time, DirectionSpec spec, DeviceId from, DeviceId to)
    : time_(time), timeline_(std::move(spec.bandwidth)), delay_(spec.delay) {
  use_.from = from;
  use_.to = to;
}

void MessageLink::enqueue(std::unique_ptr<Job> job) {
  jobs_.push_back(std::move(job));
  if (jobs_.size() == 1) start_next();
}

void MessageLink::expect_acks(TimePoint first, TimePoint last, Bytes size) {
  acks_.push_back({first, std::max(last, first + Duration(1)), size});
}

void MessageLink::start_next() {
  begin_ = time_.now();
  acks_counted_ = begin_;
  while (!acks_.empty() && acks_.front().last <= begin_) acks_.pop_front();
  const Job::Span span = jobs_.front()->start(begin_, timeline_);
  use_.busy += span.finish - begin_ - span.stalled;
  time_.at(span.finish, [this] { check_finished(); });
}

// At the time computed so far: adds the time of the acknowledgements that passed meanwhile, until
// there are no more of them.
void MessageLink::check_finished() {
  const TimePoint now = time_.now();
  const std::int64_t acks = ack_bytes(acks_counted_, now);
  TimePoint finish = std::max(now, jobs_.front()->earliest_finish());
  if (acks >= kAckBytes.count()) {
    acks_counted_ = now;
    finish = std::max(finish, timeline_.finish(now, Bytes(acks)));
  }
  if (finish > now) {
    jobs_.front()->delayed(finish);
    time_.at(finish, [this] { check_finished(); });
    return;
  }
  occupied_ns_ += (now - begin_).count();
  const std::unique_ptr<Job> done = std::move(jobs_.front());
  jobs_.pop_front();
  done->finished();
  if (!jobs_.empty()) start_next();
}

std::int64_t MessageLink::ack_bytes(TimePoint from, TimePoint to) const {
  double bytes = 0.0;
  for (const AckFlow& flow : acks_) {
    const Duration overlap = std::min(to, flow.last) - std::max(from, flow.first);
    if (overlap <= Duration(0)) continue;
    bytes += static_cast<double>(flow.size.count()) * to_seconds(overlap) /
             to_seconds(flow.last - flow.first);
  }
  return static_cast<std::int64_t>(bytes);
}

void MessageLink::count_message(Bytes size, Bytes wire) {
  ++use_.messages;
  use_.message_bytes += size;
  use_.wire_bytes += wire;
}

void MessageLink::count_wire(Bytes size) {
  use_.wire_bytes += size;
  use_.busy += size / rate();
}

std::int64_t MessageLink::occupied_ns() const {
  return occupied_ns_ + (jobs_.empty() ? 0 : (time_.now() - begin_).count());
}

}  // namespace acceptlab::sim
