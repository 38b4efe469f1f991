#include "sim/step_bandwidth.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "runtime/base/result.h"

namespace acceptlab::sim {
namespace {

class StepBandwidth final : public BandwidthModel {
 public:
  StepBandwidth(std::vector<RateStep> steps, std::optional<Duration> period)
      : steps_(std::move(steps)), period_(period) {}

  RateSegment next() override {
    const std::size_t i = next_;
    const bool last = i + 1 == steps_.size();
    if (last && !period_) return {steps_[i].rate, Duration::max()};
    next_ = last ? 0 : i + 1;
    const Duration end = last ? *period_ : steps_[i + 1].start;
    return {steps_[i].rate, end - steps_[i].start};
  }

  RateRange range() const override {
    const auto [slowest, fastest] =
        std::minmax_element(steps_.begin(), steps_.end(),
                            [](const RateStep& x, const RateStep& y) { return x.rate < y.rate; });
    return {slowest->rate, fastest->rate};
  }

 private:
  std::vector<RateStep> steps_;
  std::optional<Duration> period_;
  std::size_t next_ = 0;
};

std::string seconds(Duration d) { return std::to_string(to_seconds(d)) + " s"; }

void check_steps(const std::vector<RateStep>& steps, std::optional<Duration> period) {
  if (steps.empty()) throw ConfigError("bandwidth steps: at least one is needed");
  if (steps.front().start != Duration(0)) {
    throw ConfigError("bandwidth steps: the first must start at 0 s, not at " +
                      seconds(steps.front().start));
  }
  for (std::size_t i = 1; i < steps.size(); ++i) {
    if (steps[i].start <= steps[i - 1].start) {
      throw ConfigError("bandwidth steps: starts must increase (" + seconds(steps[i - 1].start) +
                        ", " + seconds(steps[i].start) + ")");
    }
  }
  if (period && *period <= steps.back().start) {
    throw ConfigError("bandwidth steps: the period of " + seconds(*period) +
                      " must end after the last start, " + seconds(steps.back().start));
  }
}

}  // namespace

std::unique_ptr<BandwidthModel> make_constant_bandwidth(BitsPerSecond rate) {
  return make_step_bandwidth({{Duration(0), rate}});
}

std::unique_ptr<BandwidthModel> make_step_bandwidth(std::vector<RateStep> steps,
                                                    std::optional<Duration> period) {
  check_steps(steps, period);
  for (RateStep& step : steps) step.rate = at_least_slowest(step.rate);
  return std::make_unique<StepBandwidth>(std::move(steps), period);
}

}  // namespace acceptlab::sim
