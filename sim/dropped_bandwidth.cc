#include "sim/dropped_bandwidth.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/base/check.h"

namespace acceptlab::sim {
namespace {

constexpr Duration kForEver = Duration::max();

class DroppedBandwidth final : public BandwidthModel {
 public:
  DroppedBandwidth(std::unique_ptr<BandwidthModel> model, std::vector<BandwidthDrop> drops)
      : model_(std::move(model)), drops_(std::move(drops)) {}

  RateSegment next() override {
    if (left_ == Duration(0)) {
      const RateSegment segment = model_->next();
      rate_ = segment.rate;
      left_ = segment.length;
    }
    const Duration length = std::min(left_, until_change());
    const RateSegment part{dropped(rate_, factor_at(now_)), length};
    if (length == kForEver) return part;
    now_ += length;
    if (left_ != kForEver) left_ -= length;
    return part;
  }

  RateRange range() const override {
    RateRange range = model_->range();
    for (const BandwidthDrop& drop : drops_) {
      range.slowest = std::min(range.slowest, dropped(model_->range().slowest, drop.factor));
    }
    return range;
  }

 private:
  static BitsPerSecond dropped(BitsPerSecond rate, double factor) {
    return at_least_slowest(
        BitsPerSecond(std::llround(factor * static_cast<double>(rate.count()))));
  }

  double factor_at(Duration time) const {
    double factor = 1.0;
    for (const BandwidthDrop& drop : drops_) {
      const bool holds = drop.start <= time && time < drop.start + drop.length;
      if (holds) factor = std::min(factor, drop.factor);
    }
    return factor;
  }

  // Until the next beginning or end of a drop.
  Duration until_change() const {
    Duration next = kForEver;
    for (const BandwidthDrop& drop : drops_) {
      for (const Duration edge : {drop.start, drop.start + drop.length}) {
        if (edge > now_) next = std::min(next, edge - now_);
      }
    }
    return next;
  }

  std::unique_ptr<BandwidthModel> model_;
  std::vector<BandwidthDrop> drops_;
  Duration now_{0};
  BitsPerSecond rate_;  // of the model's segment under way
  Duration left_{0};    // of it
};

}  // namespace

std::unique_ptr<BandwidthModel> make_dropped_bandwidth(std::unique_ptr<BandwidthModel> model,
                                                       std::vector<BandwidthDrop> drops) {
  for (const BandwidthDrop& drop : drops) {
    ACCEPTLAB_CHECK(drop.factor > 0.0 && drop.factor <= 1.0 && drop.length > Duration(0));
  }
  return std::make_unique<DroppedBandwidth>(std::move(model), std::move(drops));
}

}  // namespace acceptlab::sim
