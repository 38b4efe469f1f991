#include <algorithm>
#include <limits>
#include <string>
#include <tuple>

#include "partition/check_problem.h"
#include "partition/cost_table.h"
#include "partition/make_plan.h"
#include "partition/planners.h"
#include "runtime/base/check.h"

namespace acceptlab::partition {

namespace {

// The best way found to train units 1..end with the last of them on some device.
struct Best {
  bool found = false;
  Duration bottleneck{0};
  int stages = 0;
  Duration total{0};  // all stage and link times
  int device_before = -1;
  int begin = 0;  // of the last stage
};

// The dynamic program. It runs twice: first for the least bottleneck; then, among all ways that
// stay within it, for the fewest stages and the least total. One run for both would be wrong: a
// prefix with a larger bottleneck and fewer stages may be part of the best plan once a later stage
// is the bottleneck anyway.
class DpTable {
 public:
  enum class Goal { kBottleneck, kStagesThenTotal };

  DpTable(const PlanProblem& problem, const CostTable& costs, DpMode mode, Goal goal,
          Duration limit)
      : units_(problem.units),
        devices_(static_cast<int>(problem.devices.size())),
        costs_(costs),
        mode_(mode),
        goal_(goal),
        limit_(limit),
        best_(static_cast<std::size_t>(devices_) * (static_cast<std::size_t>(units_) + 1)) {
    for (int end = 1; end <= units_; ++end) start(end);
    for (int device = 1; device < devices_; ++device) {
      const int first_before = mode_ == DpMode::kFixedAll ? device - 1 : 0;
      for (int before = first_before; before < device; ++before) extend(before, device);
    }
  }

  // The device of the last stage of the best complete way; none where there is none.
  std::optional<int> last_device() const {
    std::optional<int> last;
    for (int d = mode_ == DpMode::kFixedAll ? devices_ - 1 : 0; d < devices_; ++d) {
      if (!at(d, units_).found) continue;
      if (!last || better(at(d, units_), at(*last, units_))) last = d;
    }
    return last;
  }

  const Best& at(int device, int end) const { return best_[index(device, end)]; }

 private:
  std::size_t index(int device, int end) const {
    return static_cast<std::size_t>(device) * (static_cast<std::size_t>(units_) + 1) +
           static_cast<std::size_t>(end);
  }

  // Strictly better: what came first stays in a tie.
  bool better(const Best& a, const Best& b) const {
    if (!b.found) return true;
    if (goal_ == Goal::kBottleneck) return a.bottleneck < b.bottleneck;
    return std::tie(a.stages, a.total) < std::tie(b.stages, b.total);
  }

  void offer(int device, int end, const Best& candidate) {
    if (candidate.bottleneck > limit_) return;
    Best& best = best_[index(device, end)];
    if (better(candidate, best)) best = candidate;
  }

  // Device 0 holds the first stage: units 1..end.
  void start(int end) {
    const auto time = costs_.stage(kCentralNode, {0, end});
    if (time) offer(0, end, {true, *time, 1, *time, -1, 0});
  }

  // Adds a stage on `device` to every way that ends on `before`.
  void extend(int before, int device) {
    for (int begin = 1; begin < units_; ++begin) {
      const Best& prefix = at(before, begin);
      if (!prefix.found) continue;
      const Duration link = costs_.link(DeviceId{before}, DeviceId{device}, begin);
      for (int end = begin + 1; end <= units_; ++end) {
        const auto time = costs_.stage(DeviceId{device}, {begin, end});
        if (!time) break;  // more units need no less memory
        offer(device, end,
              {true, std::max({prefix.bottleneck, link, *time}), prefix.stages + 1,
               prefix.total + link + *time, before, begin});
      }
    }
  }

  const int units_;
  const int devices_;
  const CostTable& costs_;
  const DpMode mode_;
  const Goal goal_;
  const Duration limit_;
  std::vector<Best> best_;  // [device][end]
};

std::vector<StageChoice> trace_back(const DpTable& table, int last_device, int units) {
  std::vector<StageChoice> stages;
  int device = last_device;
  int end = units;
  while (device >= 0) {
    const Best& best = table.at(device, end);
    stages.push_back({DeviceId{device}, {best.begin, end}});
    device = best.device_before;
    end = best.begin;
  }
  std::reverse(stages.begin(), stages.end());
  return stages;
}

std::string memory_list(const PlanProblem& problem) {
  std::string text;
  for (const PlanDevice& device : problem.devices) {
    text += text.empty() ? "" : ", ";
    text += device.memory ? std::to_string(device.memory->count()) : "unlimited";
  }
  return text;
}

// The first unit that no device holds even alone; -1 where there is none.
int unit_without_device(const PlanProblem& problem) {
  const int devices = static_cast<int>(problem.devices.size());
  for (int u = 0; u < problem.units; ++u) {
    bool held = false;
    // The first unit is device 0's.
    for (int d = 0; d < (u == 0 ? 1 : devices); ++d) {
      held = held || !check_memory(problem, DeviceId{d}, {u, u + 1});
    }
    if (!held) return u;
  }
  return -1;
}

// Only memory can make a checked problem with enough units infeasible.
Error memory_error(const PlanProblem& problem) {
  const int unit = unit_without_device(problem);
  const UnitRange units = unit >= 0 ? UnitRange{unit, unit + 1} : UnitRange{0, problem.units};
  const std::string need = std::to_string(memory_need(problem, units).count()) + " bytes of memory";
  const std::string have = "; the devices have " + memory_list(problem);
  if (unit == 0) {
    return {ErrorKind::kConfig, "partition: unit 1 alone needs " + need +
                                    ", too much for device 0, which must hold it" + have};
  }
  if (unit > 0) {
    return {ErrorKind::kConfig, "partition: unit " + std::to_string(unit + 1) + " alone needs " +
                                    need + ", too much for every device" + have};
  }
  return {ErrorKind::kConfig,
          "partition: no cut fits the memory of the devices in this order: all " +
              std::to_string(problem.units) + " units need " + need + have};
}

class DpPlanner final : public Planner {
 public:
  explicit DpPlanner(DpMode mode) : mode_(mode) {}

  Result<Plan> plan(const PlanProblem& problem) const override {
    if (auto error = check_problem(problem)) return *std::move(error);
    const int devices = static_cast<int>(problem.devices.size());
    if (mode_ == DpMode::kFixedAll && problem.units < devices) {
      return Error{ErrorKind::kConfig, "partition: " + std::to_string(problem.units) +
                                           " units cannot give each of " + std::to_string(devices) +
                                           " devices a stage"};
    }
    const CostTable costs(problem);
    const DpTable fastest(problem, costs, mode_, DpTable::Goal::kBottleneck, Duration::max());
    const std::optional<int> fastest_last = fastest.last_device();
    if (!fastest_last) return memory_error(problem);
    const Duration bottleneck = fastest.at(*fastest_last, problem.units).bottleneck;
    const DpTable shortest(problem, costs, mode_, DpTable::Goal::kStagesThenTotal, bottleneck);
    const std::optional<int> last = shortest.last_device();
    ACCEPTLAB_CHECK(last.has_value());
    Plan plan = make_plan(problem, trace_back(shortest, *last, problem.units));
    ACCEPTLAB_CHECK(plan.predicted_bottleneck == bottleneck);
    return plan;
  }

 private:
  const DpMode mode_;
};

}  // namespace

std::unique_ptr<Planner> make_dp_planner(DpMode mode) { return std::make_unique<DpPlanner>(mode); }

}  // namespace acceptlab::partition
