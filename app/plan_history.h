#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/plan.h"

namespace acceptlab::app {

// The plans of a run by their term. Thread-safe: codecs ask where they compute.
class PlanHistory {
 public:
  explicit PlanHistory(Plan first) { plans_.emplace(0, std::move(first)); }

  // Requires: terms come in order. One that is there already: the same stages with other codecs.
  void add(std::uint32_t term, const Plan& plan) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ACCEPTLAB_CHECK(plans_.rbegin()->first <= term);
    plans_[term] = plan;
  }
  Plan of_term(std::uint32_t term) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return plans_.at(term);
  }
  Plan newest() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return plans_.rbegin()->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::uint32_t, Plan> plans_;
};

}  // namespace acceptlab::app
