#include "sim/rate_timeline.h"

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"

namespace acceptlab::sim {

RateTimeline::RateTimeline(std::unique_ptr<BandwidthModel> model) : model_(std::move(model)) {
  advance_to(TimePoint{});
}

BitsPerSecond RateTimeline::rate_at(TimePoint time) {
  advance_to(time);
  return rate_;
}

void RateTimeline::advance_to(TimePoint time) {
  while (end_ <= time) {
    const RateSegment segment = model_->next();
    ACCEPTLAB_CHECK(segment.rate.count() > 0 && segment.length > Duration(0));
    rate_ = segment.rate;
    end_ = segment.length > TimePoint::max() - end_ ? TimePoint::max() : end_ + segment.length;
  }
}

TimePoint RateTimeline::finish(TimePoint start, Bytes size) {
  // Bits times nanoseconds per second: exact, however many segments the transfer spans.
  auto left = static_cast<detail::Int128>(size.count()) * 8 * 1'000'000'000;
  TimePoint time = start;
  for (;;) {
    advance_to(time);
    const auto rate = static_cast<detail::Int128>(rate_.count());
    const auto until_end = rate * (end_ - time).count();
    if (left <= until_end) {
      return time + Duration(static_cast<std::int64_t>((left + rate - 1) / rate));
    }
    left -= until_end;
    time = end_;
  }
}

}  // namespace acceptlab::sim
