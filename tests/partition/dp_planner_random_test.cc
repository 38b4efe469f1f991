#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>

#include "runtime/base/rng.h"
#include "tests/partition/problems.h"

// The planner against all plans there are, on random small problems.
namespace acceptlab::partition {
namespace {

constexpr int kProblems = 20000;

struct RandomProblem {
  TableTimes times;
  PlanProblem problem;
};

// Small numbers, so that ties are frequent. One problem in two has memory limits, which often bind.
void fill(RandomProblem& random, Rng& rng) {
  const int units = 1 + static_cast<int>(rng.below(7));
  const int devices = 1 + static_cast<int>(rng.below(4));
  const auto u = static_cast<std::size_t>(units);
  const auto d = static_cast<std::size_t>(devices);
  const auto draw = [&](std::uint64_t most) { return static_cast<std::int64_t>(rng.below(most)); };
  random.times.table.assign(d, {u + 1, std::vector<std::int64_t>(u + 1)});
  for (auto& device : random.times.table) {
    for (auto& row : device) {
      for (auto& time : row) time = draw(30);
    }
  }
  PlanProblem& p = random.problem = plain_problem(units, devices, 0, random.times);
  for (auto& size : p.activation_bytes) size = Bytes(draw(20));
  for (auto& size : p.gradient_bytes) size = Bytes(draw(20));
  for (auto& size : p.parameter_bytes) size = Bytes(draw(10));
  for (auto& row : p.bandwidth) {
    for (auto& rate : row) rate = BitsPerSecond(1'000'000'000 * (1 + draw(16)));
  }
  p.memory_factor = 1.0 + 0.5 * static_cast<double>(draw(4));
  if (rng.below(2) == 0) return;
  for (auto& device : p.devices) {
    if (rng.below(3) > 0) device.memory = Bytes(draw(60));
  }
}

// Bottleneck, stages, total: what the planner minimises, in this order.
using Objective = std::tuple<std::int64_t, int, std::int64_t>;

// Tries every plan by recursion, with its own arithmetic.
class BruteForce {
 public:
  BruteForce(const PlanProblem& problem, DpMode mode) : problem_(problem), mode_(mode) {
    for (int end = 1; end <= problem.units; ++end) add_stage(-1, 0, 0, end, {0, 0, 0});
  }
  std::optional<Objective> best() const { return best_; }

 private:
  std::int64_t transfer(std::int64_t bytes, int from, int to) const {
    const std::int64_t rate = problem_.bandwidth[std::size_t(from)][std::size_t(to)].count();
    const std::int64_t bit_ns = bytes * 8 * 1'000'000'000;
    return bit_ns / rate + (bit_ns % rate != 0 ? 1 : 0);
  }
  bool fits(int device, int begin, int end) const {
    double need = 0.0;
    for (int u = begin; u < end; ++u) {
      need += static_cast<double>(problem_.parameter_bytes[std::size_t(u)].count());
    }
    const auto& memory = problem_.devices[std::size_t(device)].memory;
    return !memory || need * problem_.memory_factor <= static_cast<double>(memory->count());
  }
  void add_stage(int before, int device, int begin, int end, Objective so_far) {
    if (!fits(device, begin, end)) return;
    auto [bottleneck, stages, total] = so_far;
    const std::int64_t time =
        problem_.times->predict(DeviceId{device}, {begin, end}).total().count();
    std::int64_t link = 0;
    if (before >= 0) {
      const auto cut = static_cast<std::size_t>(begin - 1);
      link = transfer(problem_.activation_bytes[cut].count(), before, device) +
             transfer(problem_.gradient_bytes[cut].count(), device, before);
    }
    const Objective now{std::max({bottleneck, time, link}), stages + 1, total + time + link};
    const int devices = static_cast<int>(problem_.devices.size());
    if (end == problem_.units) {
      const bool allowed = mode_ == DpMode::kFixedSkip || device == devices - 1;
      if (allowed && (!best_ || now < *best_)) best_ = now;
      return;
    }
    for (int next = device + 1; next < devices; ++next) {
      if (mode_ == DpMode::kFixedAll && next != device + 1) break;
      for (int next_end = end + 1; next_end <= problem_.units; ++next_end) {
        add_stage(device, next, end, next_end, now);
      }
    }
  }

  const PlanProblem& problem_;
  const DpMode mode_;
  std::optional<Objective> best_;
};

// Checks what every plan must be, and recomputes its predicted figures from the problem.
void check_plan(const PlanProblem& problem, const Plan& plan, DpMode mode) {
  ASSERT_FALSE(plan.stages.empty());
  ASSERT_EQ(plan.predicted_links.size() + 1, plan.stages.size());
  EXPECT_EQ(plan.stages.front().device, kCentralNode);
  EXPECT_EQ(plan.stages.front().units.begin, 0);
  EXPECT_EQ(plan.stages.back().units.end, problem.units);
  if (mode == DpMode::kFixedAll) {
    EXPECT_EQ(plan.stages.size(), problem.devices.size());
  }
  for (std::size_t s = 0; s < plan.stages.size(); ++s) {
    const PlannedStage& stage = plan.stages[s];
    EXPECT_EQ(stage.predicted, problem.times->predict(stage.device, stage.units).total());
    EXPECT_GT(stage.units.size(), 0);
    std::int64_t parameters = 0;
    for (int u = stage.units.begin; u < stage.units.end; ++u) {
      parameters += problem.parameter_bytes[std::size_t(u)].count();
    }
    const auto& memory = problem.devices[std::size_t(stage.device.value)].memory;
    EXPECT_TRUE(!memory || problem.memory_factor * static_cast<double>(parameters) <=
                               static_cast<double>(memory->count()));
    if (s == 0) continue;
    EXPECT_EQ(stage.units.begin, plan.stages[s - 1].units.end);
    EXPECT_LT(plan.stages[s - 1].device, stage.device);
  }
}

Objective objective_of(const Plan& plan) {
  std::int64_t bottleneck = 0;
  std::int64_t total = 0;
  const auto add = [&](Duration time) {
    bottleneck = std::max(bottleneck, time.count());
    total += time.count();
  };
  for (const PlannedStage& stage : plan.stages) add(stage.predicted);
  for (const Duration link : plan.predicted_links) add(link);
  EXPECT_EQ(plan.predicted_bottleneck.count(), bottleneck);
  return {bottleneck, plan.stage_count(), total};
}

class RandomProblemsTest : public ::testing::TestWithParam<DpMode> {
 protected:
  Rng rng_{1, "partition problems"};
  const std::unique_ptr<Planner> planner_ = make_dp_planner(GetParam());
};

TEST_P(RandomProblemsTest, ThePlanIsTheBestOfAllPlans) {
  int feasible = 0;
  int infeasible = 0;
  for (int i = 0; i < kProblems; ++i) {
    RandomProblem random;
    fill(random, rng_);
    const auto best = BruteForce(random.problem, GetParam()).best();
    const auto plan = planner_->plan(random.problem);
    ASSERT_EQ(plan.ok(), best.has_value()) << "problem " << i;
    if (!plan.ok()) {
      ASSERT_EQ(plan.error().kind, ErrorKind::kConfig);
      ++infeasible;
      continue;
    }
    ++feasible;
    check_plan(random.problem, plan.value(), GetParam());
    ASSERT_EQ(objective_of(plan.value()), *best) << "problem " << i;
  }
  EXPECT_GT(feasible, kProblems / 4);
  EXPECT_GT(infeasible, kProblems / 50);
}

TEST_P(RandomProblemsTest, TheSameProblemGivesTheSamePlan) {
  for (int i = 0; i < 1000; ++i) {
    RandomProblem random;
    fill(random, rng_);
    const auto first = planner_->plan(random.problem);
    const auto second = make_dp_planner(GetParam())->plan(random.problem);
    ASSERT_EQ(first.ok(), second.ok());
    if (first.ok()) {
      ASSERT_EQ(stages_of(first.value()), stages_of(second.value()));
    }
  }
}

TEST_P(RandomProblemsTest, AnythingFasterOrLargerIsNeverWorse) {
  int better = 0;
  for (int i = 0; i < kProblems; ++i) {
    RandomProblem random;
    fill(random, rng_);
    const auto before = planner_->plan(random.problem);
    if (!before.ok()) continue;
    const std::size_t device = rng_.below(random.problem.devices.size());
    switch (rng_.below(4)) {
      case 0:  // a faster device
        for (auto& row : random.times.table[device]) {
          for (auto& time : row) time /= 2;
        }
        break;
      case 1:  // faster links to one device
        for (auto& row : random.problem.bandwidth) {
          row[device] = BitsPerSecond(row[device].count() * 2);
        }
        break;
      case 2:  // more memory
        random.problem.devices[device].memory.reset();
        break;
      default:  // better compression
        for (auto& size : random.problem.gradient_bytes) size = Bytes(size.count() / 4);
    }
    const auto after = planner_->plan(random.problem);
    ASSERT_TRUE(after.ok());
    ASSERT_LE(after.value().predicted_bottleneck, before.value().predicted_bottleneck) << i;
    better += after.value().predicted_bottleneck < before.value().predicted_bottleneck ? 1 : 0;
  }
  EXPECT_GT(better, 100) << "else nothing was tested";
}

INSTANTIATE_TEST_SUITE_P(Modes, RandomProblemsTest,
                         ::testing::Values(DpMode::kFixedAll, DpMode::kFixedSkip),
                         [](const auto& mode) {
                           return mode.param == DpMode::kFixedAll ? "fixed_all" : "fixed_skip";
                         });

TEST(FixedSkipTest, IsNeverSlowerThanDeviceZeroAloneNorThanAllDevices) {
  Rng rng(2, "partition problems");
  for (int i = 0; i < 5000; ++i) {
    RandomProblem random;
    fill(random, rng);
    const auto skip = make_dp_planner(DpMode::kFixedSkip)->plan(random.problem);
    for (const auto& other : {make_given_planner({})->plan(random.problem),
                              make_dp_planner(DpMode::kFixedAll)->plan(random.problem)}) {
      if (!other.ok()) continue;
      ASSERT_TRUE(skip.ok());
      ASSERT_LE(skip.value().predicted_bottleneck, other.value().predicted_bottleneck);
    }
  }
}

}  // namespace
}  // namespace acceptlab::partition
