#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/base/check.h"
#include "runtime/plan.h"

namespace acceptlab::app {

// The plans of a run by their term.
class PlanHistory {
 public:
  explicit PlanHistory(Plan first) : plans_{std::move(first)} {}

  // Requires: terms come in order, each once.
  void add(std::uint32_t term, const Plan& plan) {
    ACCEPTLAB_CHECK(term == plans_.size());
    plans_.push_back(plan);
  }
  const Plan& of_term(std::uint32_t term) const { return plans_.at(term); }
  const Plan& newest() const { return plans_.back(); }

 private:
  std::vector<Plan> plans_;
};

}  // namespace acceptlab::app
