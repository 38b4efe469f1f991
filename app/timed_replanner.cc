#include "app/timed_replanner.h"

#include <chrono>
#include <utility>

#include "runtime/base/check.h"

namespace acceptlab::app {

namespace {

// Adds the time until its end.
class Stopwatch {
 public:
  explicit Stopwatch(Duration& sum) : sum_(sum) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() {
    sum_ += std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - started_);
  }

 private:
  Duration& sum_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace

TimedReplanner::TimedReplanner(std::unique_ptr<Replanner> inner) : inner_(std::move(inner)) {
  ACCEPTLAB_CHECK(inner_ != nullptr);
}

void TimedReplanner::observe(DeviceId device, UnitRange units, const StageTime& time) {
  const Stopwatch watch(cost_.learning);
  ++cost_.observations;
  inner_->observe(device, units, time);
}

void TimedReplanner::observe_link(DeviceId from, DeviceId to, BitsPerSecond rate) {
  inner_->observe_link(from, to, rate);
}

std::optional<Replan> TimedReplanner::replan(const Plan& current, std::int64_t batches_left) {
  const Stopwatch watch(cost_.deciding);
  ++cost_.decisions;
  return inner_->replan(current, batches_left);
}

std::optional<Plan> TimedReplanner::plan_on(const std::vector<DeviceId>& devices) {
  const Stopwatch watch(cost_.deciding);
  ++cost_.decisions;
  return inner_->plan_on(devices);
}

std::unique_ptr<TimedReplanner> timed(std::unique_ptr<Replanner> replanner) {
  return replanner ? std::make_unique<TimedReplanner>(std::move(replanner)) : nullptr;
}

}  // namespace acceptlab::app
