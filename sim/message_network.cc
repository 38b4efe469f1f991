#include "sim/message_network.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/result.h"
#include "sim/message_link.h"
#include "sim/slow_start.h"
#include "sim/tcp_profile.h"
#include "sim/topology.h"

namespace acceptlab::sim {
namespace {

struct Message {
  Bytes size;
  std::uint64_t id = 0;
  std::vector<TimePoint> arrives;  // [hop]: its last bit at the end of the hop, as known so far
};

// The messages from one device to another.
struct Stream {
  std::vector<MessageLink*> there;
  std::vector<MessageLink*> back;
  SlowStart slow_start;
  bool fresh = true;             // nothing sent yet
  std::deque<Message> messages;  // on their way, in order
};

class MessageNetwork final : public Network {
 public:
  MessageNetwork(VirtualTime& time, std::vector<LinkSpec> links, const MessageOptions& options,
                 int device_count, Delivered delivered)
      : time_(time),
        segment_bytes_(options.segment_bytes),
        routes_(links, device_count),
        delivered_(std::move(delivered)) {
    for (LinkSpec& link : links) {
      add_direction(std::move(link.a_to_b), link.a, link.b);
      add_direction(std::move(link.b_to_a), link.b, link.a);
    }
  }

  void connect(const std::vector<std::pair<DeviceId, DeviceId>>& pairs,
               std::function<void()> ready) override;
  void send(DeviceId from, DeviceId to, Bytes size, std::uint64_t message_id) override;
  std::uint64_t progress() const override;
  std::vector<LinkUse> use() const override;

 private:
  using Way = std::pair<DeviceId, DeviceId>;  // from, to
  class Crossing;

  void add_direction(DirectionSpec spec, DeviceId from, DeviceId to);
  Stream make_stream(const Way& way);
  Duration shake_hands(const Stream& stream);
  MessageLink::Job::Span first_hop(Stream& stream, const Message& message, TimePoint begin,
                                   RateTimeline& rate);
  void expect_acks(Stream& stream, Bytes size, TimePoint begin, TimePoint finish);
  void forward(Stream& stream, Message& message, std::size_t hop, TimePoint begin);
  void deliver(Stream& stream);
  std::int64_t ack_count(const Stream& stream, Bytes size) const;
  Bytes full_packet() const { return Bytes(segment_bytes_) + kHeaderBytes; }
  Bytes on_wire(Bytes size) const { return with_headers(size, segment_bytes_); }

  VirtualTime& time_;
  int segment_bytes_;
  RouteTable routes_;
  Delivered delivered_;
  std::vector<std::unique_ptr<MessageLink>> links_;  // [direction]
  std::map<Way, Stream> streams_;
  bool open_ = false;
};

// One message on one link of its way.
class MessageNetwork::Crossing final : public MessageLink::Job {
 public:
  Crossing(MessageNetwork& network, Stream& stream, Message& message, std::size_t hop)
      : network_(network), stream_(stream), message_(message), hop_(hop) {}

  Span start(TimePoint begin, RateTimeline& rate) override {
    const Span span = hop_ == 0
                          ? network_.first_hop(stream_, message_, begin, rate)
                          : Span{rate.finish(begin, network_.on_wire(message_.size)), Duration(0)};
    leaves(span.finish);
    if (!is_last()) network_.forward(stream_, message_, hop_, begin);
    return span;
  }

  void delayed(TimePoint finish) override { leaves(finish); }

  TimePoint earliest_finish() override {
    if (hop_ == 0) return TimePoint{};
    const Bytes last = std::min(network_.on_wire(message_.size), network_.full_packet());
    return message_.arrives[hop_ - 1] + last / link().rate();
  }

  void finished() override {
    link().count_message(message_.size, network_.on_wire(message_.size));
    if (!is_last()) return;
    network_.time_.after(link().delay(),
                         [&network = network_, &stream = stream_] { network.deliver(stream); });
  }

 private:
  void leaves(TimePoint finish) { message_.arrives[hop_] = finish + link().delay(); }
  bool is_last() const { return hop_ + 1 == stream_.there.size(); }
  MessageLink& link() { return *stream_.there[hop_]; }

  MessageNetwork& network_;
  Stream& stream_;
  Message& message_;
  std::size_t hop_;
};

void MessageNetwork::add_direction(DirectionSpec spec, DeviceId from, DeviceId to) {
  if (spec.loss > 0.0 || spec.queue_packets > 0) {
    throw ConfigError("link " + std::to_string(from.value) + " - " + std::to_string(to.value) +
                      ": the message network has neither loss nor finite queues; use model = "
                      "\"packet\"");
  }
  links_.push_back(std::make_unique<MessageLink>(time_, std::move(spec), from, to));
}

Stream MessageNetwork::make_stream(const Way& way) {
  std::vector<MessageLink*> there;
  std::vector<MessageLink*> back;
  for (const DirectionIndex hop : routes_.path(way.first, way.second)) {
    there.push_back(links_[hop].get());
  }
  for (const DirectionIndex hop : routes_.path(way.second, way.first)) {
    back.push_back(links_[hop].get());
  }
  const auto hops = [](const std::vector<MessageLink*>& links) {
    std::vector<Hop> result;
    result.reserve(links.size());
    for (const MessageLink* link : links) result.push_back({link->rates(), link->delay()});
    return result;
  };
  const ConnectionProfile profile = connection_profile(hops(there), hops(back), segment_bytes_);
  return {there, back, SlowStart(profile, segment_bytes_), true, {}};
}

void MessageNetwork::connect(const std::vector<std::pair<DeviceId, DeviceId>>& pairs,
                             std::function<void()> ready) {
  ACCEPTLAB_CHECK(streams_.empty());
  Duration longest{0};
  for (const auto& [a, b] : pairs) {
    for (const Way& way : {Way{a, b}, Way{b, a}}) {
      const auto [stream, is_new] = streams_.emplace(way, make_stream(way));
      ACCEPTLAB_CHECK(is_new);
      longest = std::max(longest, shake_hands(stream->second));
    }
  }
  time_.after(longest, [this, ready = std::move(ready)] {
    open_ = true;
    ready();
  });
}

// The sender may send when the answer to its SYN is there. Returns: after how long.
Duration MessageNetwork::shake_hands(const Stream& stream) {
  Duration time{0};
  for (MessageLink* link : stream.there) {
    time += kSynBytes / link->rate() + link->delay();
    link->count_wire(kSynBytes);
    link->count_wire(kAckBytes);
  }
  for (MessageLink* link : stream.back) {
    time += kSynBytes / link->rate() + link->delay();
    link->count_wire(kSynBytes);
  }
  return time;
}

void MessageNetwork::send(DeviceId from, DeviceId to, Bytes size, std::uint64_t message_id) {
  ACCEPTLAB_CHECK(size > Bytes(0) && open_);
  const auto found = streams_.find({from, to});
  ACCEPTLAB_CHECK(found != streams_.end());
  Stream& stream = found->second;
  stream.messages.push_back({size, message_id, std::vector<TimePoint>(stream.there.size())});
  stream.there.front()->enqueue(
      std::make_unique<Crossing>(*this, stream, stream.messages.back(), 0));
}

MessageLink::Job::Span MessageNetwork::first_hop(Stream& stream, const Message& message,
                                                 TimePoint begin, RateTimeline& rate) {
  SlowStart::Path path{Duration(0), rate.rate_at(begin)};
  for (MessageLink* link : stream.there) {
    const BitsPerSecond hop_rate = link->rate();
    path.ack_delay += link->delay();
    if (link != stream.there.front()) path.ack_delay += full_packet() / hop_rate;
    path.bottleneck = std::min(path.bottleneck, hop_rate);
  }
  for (MessageLink* link : stream.back) path.ack_delay += link->delay() + kAckBytes / link->rate();
  const auto sent = stream.slow_start.transfer(begin, message.size, path, rate);
  expect_acks(stream, message.size, begin, sent.finish);
  return {sent.finish, sent.stalled};
}

// Acknowledgements enter each link of the way back when the segments have arrived.
void MessageNetwork::expect_acks(Stream& stream, Bytes size, TimePoint begin, TimePoint finish) {
  const Bytes acks = kAckBytes * ack_count(stream, size);
  stream.fresh = false;
  Duration there{0};
  for (MessageLink* link : stream.there) there += link->delay();
  for (MessageLink* link : stream.back) {
    link->expect_acks(begin + there, finish + there, acks);
    link->count_wire(acks);
  }
}

// One for two segments; ns-3 answers the first segment of a connection at once.
std::int64_t MessageNetwork::ack_count(const Stream& stream, Bytes size) const {
  const std::int64_t segments = segment_count(size, segment_bytes_);
  if (stream.fresh) return 1 + segments / kSegmentsPerAck;
  return (segments + 1) / kSegmentsPerAck;
}

// A device passes packets on as they arrive. On the next link the message is one block of its size
// over the rate, put as late as its last packet allows, so that a fast link behind a slow one is
// not taken for longer than needed; it cannot start before its first packet is there.
void MessageNetwork::forward(Stream& stream, Message& message, std::size_t hop, TimePoint begin) {
  const Bytes wire = on_wire(message.size);
  const Bytes packet = std::min(wire, full_packet());
  MessageLink& here = *stream.there[hop];
  MessageLink& next = *stream.there[hop + 1];
  const TimePoint first_packet = begin + packet / here.rate() + here.delay();
  const TimePoint latest = message.arrives[hop] + packet / next.rate() - wire / next.rate();
  time_.at(std::max(first_packet, latest), [this, &stream, &message, &next, hop] {
    next.enqueue(std::make_unique<Crossing>(*this, stream, message, hop + 1));
  });
}

void MessageNetwork::deliver(Stream& stream) {
  const std::uint64_t id = stream.messages.front().id;
  stream.messages.pop_front();
  delivered_(id);
}

std::uint64_t MessageNetwork::progress() const {
  std::uint64_t nanoseconds = 0;
  for (const auto& link : links_) nanoseconds += link->occupied_ns();
  return nanoseconds;
}

std::vector<LinkUse> MessageNetwork::use() const {
  std::vector<LinkUse> result;
  for (const auto& link : links_) result.push_back(link->use());
  return result;
}

}  // namespace

std::unique_ptr<Network> make_message_network(VirtualTime& time, std::vector<LinkSpec> links,
                                              const MessageOptions& options, int device_count,
                                              Network::Delivered delivered) {
  check_links(links, device_count);
  check_segment(options.segment_bytes);
  return std::make_unique<MessageNetwork>(time, std::move(links), options, device_count,
                                          std::move(delivered));
}

}  // namespace acceptlab::sim
