#include "sim/random_bandwidth.h"

#include <algorithm>
#include <cmath>

#include "runtime/base/result.h"
#include "runtime/base/rng.h"

namespace acceptlab::sim {
namespace {

class MarkovBandwidth final : public BandwidthModel {
 public:
  MarkovBandwidth(const MarkovBandwidthOptions& options, Rng rng) : options_(options), rng_(rng) {}

  RateSegment next() override {
    good_ = !good_;
    const Duration mean = good_ ? options_.mean_good : options_.mean_bad;
    const Duration dwell = from_seconds(rng_.exponential(to_seconds(mean)));
    return {good_ ? options_.good : options_.bad, std::max(dwell, Duration(1))};
  }

  RateRange range() const override {
    return {std::min(options_.good, options_.bad), std::max(options_.good, options_.bad)};
  }

 private:
  MarkovBandwidthOptions options_;
  Rng rng_;
  bool good_ = false;  // the first next() enters the good state
};

class RandomWalkBandwidth final : public BandwidthModel {
 public:
  RandomWalkBandwidth(const RandomWalkBandwidthOptions& options, Rng rng)
      : options_(options),
        rng_(rng),
        low_(std::log(static_cast<double>(options.min.count()))),
        high_(std::log(static_cast<double>(options.max.count()))),
        log_rate_(std::log(static_cast<double>(options.start.count()))) {}

  RateSegment next() override {
    const auto rate = BitsPerSecond(std::llround(std::exp(log_rate_)));
    step();
    return {std::clamp(rate, options_.min, options_.max), options_.interval};
  }

  RateRange range() const override { return {options_.min, options_.max}; }

 private:
  void step() {
    log_rate_ += rng_.uniform(-options_.relative_step, options_.relative_step);
    if (log_rate_ > high_) log_rate_ = 2 * high_ - log_rate_;
    if (log_rate_ < low_) log_rate_ = 2 * low_ - log_rate_;
    // A step wider than the whole range would leave it on the other side.
    log_rate_ = std::clamp(log_rate_, low_, high_);
  }

  RandomWalkBandwidthOptions options_;
  Rng rng_;
  double low_;
  double high_;
  double log_rate_;
};

}  // namespace

std::unique_ptr<BandwidthModel> make_markov_bandwidth(const MarkovBandwidthOptions& options,
                                                      std::uint64_t seed, std::string_view stream) {
  if (options.mean_good <= Duration(0) || options.mean_bad <= Duration(0)) {
    throw ConfigError("markov bandwidth: mean dwell times must be positive");
  }
  MarkovBandwidthOptions raised = options;
  raised.good = at_least_slowest(raised.good);
  raised.bad = at_least_slowest(raised.bad);
  return std::make_unique<MarkovBandwidth>(raised, Rng(seed, stream));
}

std::unique_ptr<BandwidthModel> make_random_walk_bandwidth(
    const RandomWalkBandwidthOptions& options, std::uint64_t seed, std::string_view stream) {
  if (options.interval <= Duration(0)) {
    throw ConfigError("random walk bandwidth: the interval must be positive");
  }
  if (!(options.relative_step > 0.0 && options.relative_step <= 1.0)) {
    throw ConfigError("random walk bandwidth: the relative step must be in (0, 1]");
  }
  if (options.start < options.min || options.start > options.max) {
    throw ConfigError("random walk bandwidth: min <= start <= max does not hold");
  }
  RandomWalkBandwidthOptions raised = options;
  for (BitsPerSecond* rate : {&raised.start, &raised.min, &raised.max}) {
    *rate = at_least_slowest(*rate);
  }
  return std::make_unique<RandomWalkBandwidth>(raised, Rng(seed, stream));
}

}  // namespace acceptlab::sim
