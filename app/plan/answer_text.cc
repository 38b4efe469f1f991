#include "app/plan/answer_text.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <vector>

#include "partition/steady_state.h"
#include "results/csv.h"
#include "results/text_table.h"

namespace acceptlab::app {

namespace {

using namespace partition;  // NOLINT(google-build-using-namespace): this file is all about it
using results::format_fixed;
using results::TextTable;

template <typename Item>
const Item& at(const std::vector<Item>& items, int index) {
  return items[static_cast<std::size_t>(index)];
}

std::string line(const std::string& key, const std::string& value) {
  return fmt::format("{:<14}{}\n", key, value);
}

std::string count(int number, const std::string& what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

std::string megabytes(double bytes) { return format_fixed(bytes * 1e-6, 3); }

// One unit of time for all of an answer, so that its numbers can be compared.
struct Scale {
  const char* unit;
  double us;

  std::string cell(double time_us) const { return format_fixed(time_us / us, 3); }
  std::string text(double time_us) const { return cell(time_us) + ' ' + unit; }
  std::string header(const std::string& what) const { return what + ' ' + unit; }
};

Scale scale_for(double time_us) {
  if (time_us < 1e3) return {"us", 1.0};
  if (time_us < 1e7) return {"ms", 1e3};
  return {"s", 1e6};
}

class Writer {
 public:
  Writer(const PlanInput& input, const Solution& solution)
      : input_(input),
        problem_(input.problem),
        solution_(solution),
        scale_(scale_for(solution.cost.bottleneck_us)) {}

  std::string write() const {
    std::string text = problem_line();
    if (!solution_.feasible) {
      return text + line("plan", "none: " + solution_.why_infeasible) + warnings();
    }
    text += plan_lines() + stages() + links() + alternatives() + break_evens();
    return text + warnings();
  }

 private:
  std::string problem_line() const {
    return line("problem", fmt::format("{}: {}, {}, mode {}, {} duplex", input_.name,
                                       count(problem_.unit_count(), "unit"),
                                       count(problem_.device_count(), "device"),
                                       to_string(problem_.mode), to_string(problem_.duplex)));
  }

  std::string plan_lines() const {
    const Evaluation& cost = solution_.cost;
    std::string text;
    if (problem_.objective == Objective::kMakespan) {
      const bool one = problem_.micro_batches == 1;
      text += line("makespan",
                   fmt::format("{} a mini-batch of {} micro-batch{}", scale_.text(cost.makespan_us),
                               problem_.micro_batches, one ? "" : "es"));
    }
    text += line("bottleneck", fmt::format("{} a mini-batch: {}", scale_.text(cost.bottleneck_us),
                                           bottleneck_name()));
    if (problem_.objective == Objective::kBottleneck && solution_.stages.size() > 1) {
      const double us = steady_state_us(Costs(problem_), solution_.stages, cost);
      text += line("1F1B", scale_.text(us) +
                               " a mini-batch in the long run, links busy with both ways at once");
    }
    text += line("lower bound", scale_.text(solution_.lower_bound_us) + bound_remark());
    text += line("proof", solution_.bound_proof);
    text += line("solver", solution_.solver);
    if (cost.quality_cost > 0.0 || problem_.quality_budget) {
      const std::string budget =
          problem_.quality_budget ? fmt::format(" of {} allowed", *problem_.quality_budget) : "";
      text += line("quality cost", fmt::format("{}{}", cost.quality_cost, budget));
    }
    return text;
  }

  std::string bound_remark() const {
    if (solution_.is_optimal) {
      return problem_.time_tolerance > 0.0 ? ": no plan is faster" : ": no plan is better";
    }
    const double gap = solution_.cost.objective_us / solution_.lower_bound_us - 1.0;
    return fmt::format(": the plan may be up to {:.2f} % from the best", 100.0 * gap);
  }

  std::string bottleneck_name() const {
    const Evaluation& cost = solution_.cost;
    for (std::size_t s = 0; s < cost.stages.size(); ++s) {
      if (is_bottleneck(cost.stages[s].busy_us)) {
        return fmt::format("stage {} on {}", s + 1, device_of(s).name);
      }
    }
    for (std::size_t s = 0; s < cost.links.size(); ++s) {
      if (is_bottleneck(cost.links[s].busy_us)) return "link " + link_name(s);
    }
    return "none";
  }

  bool is_bottleneck(double time_us) const { return time_us >= solution_.cost.bottleneck_us; }
  std::string mark(double time_us) const { return is_bottleneck(time_us) ? "bottleneck" : ""; }
  std::string slack(double time_us) const {
    return scale_.cell(solution_.cost.bottleneck_us - time_us);
  }

  const Device& device_of(std::size_t stage) const {
    return at(problem_.devices, solution_.stages[stage].device);
  }
  std::string link_name(std::size_t s) const {
    return device_of(s).name + " -> " + device_of(s + 1).name;
  }
  std::string codec_name(int codec) const {
    return codec < 0 ? "-" : at(problem_.codecs, codec).name;
  }

  std::string stages() const {
    TextTable table({"stage", "device", "units", scale_.header("compute"), scale_.header("codec"),
                     scale_.header("total"), scale_.header("slack"), "memory MB", "limit MB", ""});
    for (std::size_t s = 0; s < solution_.stages.size(); ++s) {
      const StageTimes& times = solution_.cost.stages[s];
      const Placement& stage = solution_.stages[s];
      const std::optional<double>& limit = device_of(s).memory_bytes;
      table.row({std::to_string(s + 1), device_of(s).name,
                 fmt::format("{}..{}", stage.first + 1, stage.last + 1),
                 scale_.cell(times.busy_us - times.codec_us), scale_.cell(times.codec_us),
                 scale_.cell(times.busy_us), slack(times.busy_us), megabytes(times.memory_bytes),
                 limit ? megabytes(*limit) : "-", mark(times.busy_us)});
    }
    return "\nStages, per mini-batch\n" + table.render(2);
  }

  std::string links() const {
    TextTable table({"link", "after unit", "codec", scale_.header("forward"),
                     scale_.header("backward"), scale_.header("busy"), scale_.header("slack"), ""});
    for (std::size_t s = 0; s < solution_.cost.links.size(); ++s) {
      const LinkTimes& times = solution_.cost.links[s];
      const Placement& sender = solution_.stages[s];
      table.row({link_name(s), std::to_string(sender.last + 1), codec_name(sender.codec_after),
                 scale_.cell(times.forward_us), scale_.cell(times.backward_us),
                 scale_.cell(times.busy_us), slack(times.busy_us), mark(times.busy_us)});
    }
    return table.empty() ? "" : "\nLinks, per mini-batch\n" + table.render(2);
  }

  std::string alternatives() const {
    TextTable table({scale_.header(to_string(problem_.objective)), "worse %", "stages"});
    for (const Alternative& other : solution_.alternatives) {
      const double worse = other.objective_us / solution_.cost.objective_us - 1.0;
      table.row({scale_.cell(other.objective_us), format_fixed(100.0 * worse, 2),
                 stages_in_a_row(other.stages)});
    }
    return table.empty() ? "" : "\nNext best plans\n" + table.render(2);
  }

  // "central 1..5 | (mbq4) | worker 6..9": codecs where there is a choice of them.
  std::string stages_in_a_row(const std::vector<Placement>& stages) const {
    std::string text;
    for (const Placement& stage : stages) {
      text += fmt::format("{}{} {}..{}", text.empty() ? "" : " | ",
                          at(problem_.devices, stage.device).name, stage.first + 1, stage.last + 1);
      if (problem_.codecs.size() > 1 && stage.codec_after >= 0) {
        text += fmt::format(" ({})", codec_name(stage.codec_after));
      }
    }
    return text;
  }

  std::string break_evens() const {
    if (solution_.device_speed.empty()) return "";
    std::string text;
    for (const BreakEven& value : solution_.link_bandwidth) text += link_break_even(value);
    for (const BreakEven& value : solution_.device_speed) text += device_break_even(value);
    if (text.empty()) text = "  nothing: no other bandwidth of one link or speed of one device\n";
    return "\nWhat would change the plan\n" + text;
  }

  std::string link_break_even(const BreakEven& value) const {
    const std::string now =
        std::isfinite(value.now) ? megabits(value.now) + " Mbit/s" : "without limit";
    return change(
        fmt::format("link {}, now {}", link_name(static_cast<std::size_t>(value.index)), now),
        value, [](double rate) { return megabits(rate) + " Mbit/s"; });
  }

  std::string device_break_even(const BreakEven& value) const {
    return change("device " + at(problem_.devices, value.index).name, value, [&](double speed) {
      return fmt::format("{:.3g} times its speed", speed / value.now);
    });
  }

  template <typename Text>
  static std::string change(const std::string& what, const BreakEven& value, const Text& text) {
    if (!value.below && !value.above) return "";
    const std::string below = value.below ? "below " + text(*value.below) : "";
    const std::string above = value.above ? "above " + text(*value.above) : "";
    return fmt::format("  {}: another plan is better {}{}{}\n", what, below,
                       value.below && value.above ? " or " : "", above);
  }

  static std::string megabits(double bytes_per_s) {
    return fmt::format("{:.4g}", bytes_per_s * 8e-6);
  }

  std::string warnings() const {
    std::string text;
    for (const std::string& warning : input_.warnings) text += "warning: " + warning + '\n';
    for (const std::string& warning : solution_.warnings) text += "warning: " + warning + '\n';
    return text.empty() ? "" : '\n' + text;
  }

  const PlanInput& input_;
  const Problem& problem_;
  const Solution& solution_;
  Scale scale_;
};

}  // namespace

std::string answer_to_text(const PlanInput& input, const Solution& solution) {
  return Writer(input, solution).write();
}

}  // namespace acceptlab::app
