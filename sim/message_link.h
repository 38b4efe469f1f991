#pragma once

#include <cstdint>
#include <deque>
#include <memory>

#include "runtime/base/units.h"
#include "sim/network.h"
#include "sim/rate_timeline.h"
#include "sim/virtual_time.h"

namespace acceptlab::sim {

// One direction of a link that carries whole messages, one after another. Acknowledgements of the
// opposite direction pass at once and take their share of the rate.
class MessageLink {
 public:
  // A message on its way over this link.
  class Job {
   public:
    virtual ~Job() = default;
    struct Span {
      TimePoint finish;     // last bit leaves, if no acknowledgement interferes
      Duration stalled{0};  // of the time until then, not sending
    };
    // Its turn has come, at `begin`.
    virtual Span start(TimePoint begin, RateTimeline& rate) = 0;
    // Acknowledgements have delayed it.
    virtual void delayed(TimePoint finish) = 0;
    // Its last bit cannot leave earlier: it may still be arriving from the link before.
    virtual TimePoint earliest_finish() = 0;
    virtual void finished() = 0;
  };

  MessageLink(VirtualTime& time, DirectionSpec spec, DeviceId from, DeviceId to);
  MessageLink(const MessageLink&) = delete;
  MessageLink& operator=(const MessageLink&) = delete;

  void enqueue(std::unique_ptr<Job> job);
  // Acknowledgements that enter the link evenly in [first, last].
  void expect_acks(TimePoint first, TimePoint last, Bytes size);

  BitsPerSecond rate() { return timeline_.rate_at(time_.now()); }
  RateRange rates() const { return timeline_.range(); }
  Duration delay() const { return delay_; }

  void count_message(Bytes size, Bytes wire);
  void count_wire(Bytes size);
  const LinkUse& use() const { return use_; }
  // Nanoseconds since time 0 in which the link had a message to carry.
  std::int64_t occupied_ns() const;

 private:
  struct AckFlow {
    TimePoint first;
    TimePoint last;
    Bytes size;
  };
  void start_next();
  void check_finished();
  std::int64_t ack_bytes(TimePoint from, TimePoint to) const;

  VirtualTime& time_;
  RateTimeline timeline_;
  Duration delay_;
  LinkUse use_;
  std::deque<std::unique_ptr<Job>> jobs_;  // the first is on the link
  std::deque<AckFlow> acks_;
  TimePoint begin_{};         // of the first job
  TimePoint acks_counted_{};  // acknowledgements up to here have had their time
  std::int64_t occupied_ns_ = 0;
};

}  // namespace acceptlab::sim
