#include "runtime/link_meter.h"

#include <algorithm>
#include <cstdint>

namespace acceptlab {

void LinkMeter::add(const MessageSpan& span) {
  Way& way = ways_[{span.from, span.to}];
  const TimePoint start = std::max(span.sent, way.last_arrival);
  way.last_arrival = span.received;
  // Other frames are too short: their time is that of propagation.
  if (span.kind != FrameKind::kActivation && span.kind != FrameKind::kGradient) return;
  way.latest.push_back({span.size, std::max(span.received - start, Duration(1))});
  if (way.latest.size() > kMessages) way.latest.pop_front();
}

BitsPerSecond LinkMeter::rate(DeviceId from, DeviceId to) const {
  const auto found = ways_.find({from, to});
  if (found == ways_.end() || found->second.latest.empty()) return BitsPerSecond(0);
  Transfer sum;
  for (const Transfer& transfer : found->second.latest) {
    sum.size += transfer.size;
    sum.time += transfer.time;
  }
  const auto bit_ns = static_cast<detail::Int128>(sum.size.count()) * 8 * 1'000'000'000;
  return BitsPerSecond(static_cast<std::int64_t>(bit_ns / sum.time.count()));
}

}  // namespace acceptlab
