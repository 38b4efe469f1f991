#include "partition/planners.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "partition/best_codecs.h"
#include "partition/costs.h"
#include "partition/evaluate.h"
#include "partition/solve.h"
#include "partition/steady_state.h"

namespace acceptlab::partition {

namespace {

Error config_error(const std::string& what) { return {ErrorKind::kConfig, "partition: " + what}; }

double to_us(Duration time) { return to_seconds(time) * 1e6; }
Duration from_us(double us) { return from_seconds(us * 1e-6); }

Plan to_plan(const Costs& costs, const std::vector<Placement>& stages) {
  const Evaluation cost = evaluate(costs, stages);
  const Problem& problem = costs.problem();
  const bool is_synchronous =
      problem.objective == Objective::kMakespan || problem.micro_batches > 1;
  Plan plan;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    plan.stages.push_back({DeviceId{stages[s].device},
                           {stages[s].first, stages[s].last + 1},
                           from_us(cost.stages[s].busy_us),
                           std::max(0, stages[s].codec_after)});
  }
  for (const LinkTimes& link : cost.links) plan.predicted_links.push_back(from_us(link.busy_us));
  plan.predicted_time =
      from_us(is_synchronous ? cost.makespan_us : steady_state_us(costs, stages, cost));
  return plan;
}

class SolvingPlanner final : public Planner {
 public:
  explicit SolvingPlanner(Problem problem) : problem_(std::move(problem)) {}

  Result<Plan> plan(const Forecaster& times) const override {
    const Problem timed = with_times(problem_, times);
    const Result<Solution> solved = solve(timed);
    if (!solved) return solved.error();
    const Solution& solution = solved.value();
    if (!solution.feasible) return config_error(solution.why_infeasible);
    return to_plan(Costs(timed), solution.stages);
  }

 private:
  const Problem problem_;
};

// Stages on the devices in order, one after each of the ends but the last.
Result<Plan> plan_of_ends(const Problem& problem, const std::vector<int>& ends) {
  if (auto error = check(problem)) return *std::move(error);
  const Costs costs(problem);
  std::vector<Placement> stages;
  int begin = 0;
  for (std::size_t s = 0; s < ends.size(); ++s) {
    const int device = static_cast<int>(s);
    const int left = static_cast<int>(ends.size() - s);
    if (!costs.fits(device, begin, ends[s], left)) {
      return config_error("units " + to_string(UnitRange{begin, ends[s]}) + " need " +
                          std::to_string(std::llround(costs.memory_bytes(begin, ends[s], left))) +
                          " bytes of memory, device " + std::to_string(device) + " has " +
                          std::to_string(std::llround(costs.memory_limit(device))));
    }
    stages.push_back({device, begin, ends[s] - 1, kNoCodec});
    begin = ends[s];
  }
  return to_plan(costs, with_best_codecs(costs, std::move(stages)));
}

class EvenPlanner final : public Planner {
 public:
  explicit EvenPlanner(Problem problem) : problem_(std::move(problem)) {}

  Result<Plan> plan(const Forecaster& times) const override {
    const int units = problem_.unit_count();
    const int devices = problem_.device_count();
    if (units < devices) {
      return config_error(std::to_string(units) + " units cannot give each of " +
                          std::to_string(devices) + " devices a stage");
    }
    std::vector<int> ends;
    int end = 0;
    for (int d = 0; d < devices; ++d) {
      end += units / devices + (d < units % devices ? 1 : 0);
      ends.push_back(end);
    }
    return plan_of_ends(with_times(problem_, times), ends);
  }

 private:
  const Problem problem_;
};

class GivenPlanner final : public Planner {
 public:
  GivenPlanner(Problem problem, std::vector<int> cuts)
      : problem_(std::move(problem)), ends_(std::move(cuts)) {
    ends_.push_back(problem_.unit_count());
  }

  Result<Plan> plan(const Forecaster& times) const override {
    if (auto error = check_cuts()) return *std::move(error);
    return plan_of_ends(with_times(problem_, times), ends_);
  }

 private:
  std::optional<Error> check_cuts() const {
    if (ends_.size() > problem_.devices.size()) {
      return config_error(std::to_string(ends_.size() - 1) + " cuts make " +
                          std::to_string(ends_.size()) + " stages, more than the " +
                          std::to_string(problem_.devices.size()) + " devices");
    }
    int before = 0;
    for (std::size_t c = 0; c + 1 < ends_.size(); ++c) {
      const int cut = ends_[c];
      const std::string name =
          "cut " + std::to_string(c + 1) + " (after unit " + std::to_string(cut) + ")";
      if (cut < 1 || cut >= problem_.unit_count()) {
        return config_error(name + " must be after one of the units 1.." +
                            std::to_string(problem_.unit_count() - 1) + " of " +
                            std::to_string(problem_.unit_count()));
      }
      if (cut <= before) {
        return config_error(name + " must be after the one before, which is after unit " +
                            std::to_string(before));
      }
      before = cut;
    }
    return std::nullopt;
  }

  const Problem problem_;
  std::vector<int> ends_;  // of all stages
};

}  // namespace

std::unique_ptr<Planner> make_solving_planner(Problem problem) {
  return std::make_unique<SolvingPlanner>(std::move(problem));
}

std::unique_ptr<Planner> make_even_planner(Problem problem) {
  return std::make_unique<EvenPlanner>(std::move(problem));
}

std::unique_ptr<Planner> make_given_planner(Problem problem, std::vector<int> cuts) {
  return std::make_unique<GivenPlanner>(std::move(problem), std::move(cuts));
}

std::vector<Placement> placements_of(const Plan& plan, const Problem& problem) {
  std::vector<Placement> stages;
  for (const PlannedStage& stage : plan.stages) {
    const bool has_codec = stage.units.end < problem.unit_count() && !problem.codecs.empty();
    stages.push_back({stage.device.value, stage.units.begin, stage.units.end - 1,
                      has_codec ? stage.codec : kNoCodec});
  }
  return stages;
}

Plan predicted(const Problem& problem, const Plan& plan, const Forecaster& times) {
  const Problem timed = with_times(problem, times);
  const Costs costs(timed);
  return to_plan(costs, with_best_codecs(costs, placements_of(plan, timed)));
}

Problem with_times(Problem problem, const Forecaster& times) {
  const int units = problem.unit_count();
  const auto row = problem.units.size();
  for (int d = 0; d < problem.device_count(); ++d) {
    std::vector<UnitTime>& table = problem.devices[static_cast<std::size_t>(d)].sub_model_times;
    table.assign(problem.units.size() * problem.units.size(), UnitTime{});
    const double factor = problem.devices[static_cast<std::size_t>(d)].time_factor;
    for (int first = 0; first < units; ++first) {
      double update_us = 0.0;
      for (int last = first; last < units; ++last) {
        update_us += factor * problem.units[static_cast<std::size_t>(last)].update_us;
        const StageTime time = times.predict(DeviceId{d}, UnitRange{first, last + 1});
        table[static_cast<std::size_t>(first) * row + static_cast<std::size_t>(last)] = {
            to_us(time.forward), to_us(time.backward) + update_us};
      }
    }
  }
  return problem;
}

}  // namespace acceptlab::partition
