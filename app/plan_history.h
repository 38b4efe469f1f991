#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/plan.h"

namespace acceptlab::app {

// The plans of a run by their term.
class PlanHistory {
 public:
  explicit PlanHistory(Plan first) { plans_.emplace(0, std::move(first)); }

  // Requires: terms come in order. One that is there already: the same stages with other codecs.
  void add(std::uint32_t term, const Plan& plan) {
    ACCEPTLAB_CHECK(plans_.rbegin()->first <= term);
    plans_[term] = plan;
  }
  const Plan& of_term(std::uint32_t term) const { return plans_.at(term); }
  const Plan& newest() const { return plans_.rbegin()->second; }

 private:
  std::map<std::uint32_t, Plan> plans_;
};

}  // namespace acceptlab::app
