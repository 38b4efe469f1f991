#include <algorithm>
#include <string>
#include <utility>

#include "partition/check_problem.h"
#include "partition/make_plan.h"
#include "partition/planners.h"

namespace acceptlab::partition {

namespace {

Error config_error(const std::string& what) { return {ErrorKind::kConfig, "partition: " + what}; }

class EvenPlanner final : public Planner {
 public:
  Result<Plan> plan(const PlanProblem& problem) const override {
    if (auto error = check_problem(problem)) return *std::move(error);
    const int devices = static_cast<int>(problem.devices.size());
    if (problem.units < devices) {
      return config_error(std::to_string(problem.units) + " units cannot give each of " +
                          std::to_string(devices) + " devices a stage");
    }
    std::vector<StageChoice> stages;
    int begin = 0;
    for (int d = 0; d < devices; ++d) {
      const int size = problem.units / devices + (d < problem.units % devices ? 1 : 0);
      stages.push_back({DeviceId{d}, {begin, begin + size}});
      begin += size;
    }
    return make_plan_within_memory(problem, stages);
  }
};

class GivenPlanner final : public Planner {
 public:
  explicit GivenPlanner(std::vector<int> cuts) : cuts_(std::move(cuts)) {}

  Result<Plan> plan(const PlanProblem& problem) const override {
    if (auto error = check_problem(problem)) return *std::move(error);
    if (auto error = check_cuts(problem)) return *std::move(error);
    std::vector<StageChoice> stages;
    int begin = 0;
    for (std::size_t s = 0; s <= cuts_.size(); ++s) {
      const int end = s < cuts_.size() ? cuts_[s] : problem.units;
      stages.push_back({DeviceId{static_cast<int>(s)}, {begin, end}});
      begin = end;
    }
    return make_plan_within_memory(problem, stages);
  }

 private:
  std::optional<Error> check_cuts(const PlanProblem& problem) const {
    if (cuts_.size() >= problem.devices.size()) {
      return config_error(std::to_string(cuts_.size()) + " cuts make " +
                          std::to_string(cuts_.size() + 1) + " stages, more than the " +
                          std::to_string(problem.devices.size()) + " devices");
    }
    int before = 0;
    for (std::size_t c = 0; c < cuts_.size(); ++c) {
      const std::string name =
          "cut " + std::to_string(c + 1) + " (after unit " + std::to_string(cuts_[c]) + ")";
      if (cuts_[c] < 1 || cuts_[c] >= problem.units) {
        return config_error(name + " must be after one of the units 1.." +
                            std::to_string(problem.units - 1) + " of " +
                            std::to_string(problem.units));
      }
      if (cuts_[c] <= before) {
        return config_error(name + " must be after the one before, which is after unit " +
                            std::to_string(before));
      }
      before = cuts_[c];
    }
    return std::nullopt;
  }

  const std::vector<int> cuts_;
};

}  // namespace

std::unique_ptr<Planner> make_even_planner() { return std::make_unique<EvenPlanner>(); }

std::unique_ptr<Planner> make_given_planner(std::vector<int> cuts) {
  return std::make_unique<GivenPlanner>(std::move(cuts));
}

}  // namespace acceptlab::partition
