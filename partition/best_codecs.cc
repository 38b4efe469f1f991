#include "partition/best_codecs.h"

#include <cstddef>

#include "partition/solve.h"
#include "runtime/base/check.h"

namespace acceptlab::partition {

namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

Unit as_unit(const Problem& problem, const Placement& stage) {
  Unit unit = problem.units[at(stage.last)];
  unit.stash_bytes = unit.parameter_bytes = 0.0;  // they fit: nobody asks
  return unit;
}

Link link_of(const Costs& costs, int from, int to) {
  const Costs::LinkPair pair = costs.link_pair(from, to);
  Link link;
  link.latency_us = pair.latency_there_us;
  if (pair.bandwidth_there < Costs::kNoLimit) link.bandwidth_bytes_per_s = pair.bandwidth_there;
  return link;
}

// Every stage as one unit, which its device alone can have: only the codecs are left to choose.
Problem with_stages_as_units(const Costs& costs, const std::vector<Placement>& stages) {
  const Problem& whole = costs.problem();
  Problem problem = whole;
  problem.units.clear();
  problem.devices.clear();
  problem.links.assign(stages.size(), std::vector<Link>(stages.size()));
  problem.mode = Mode::kFixedAll;
  problem.stash = Stash::kNone;
  problem.quality_budget.reset();
  for (std::size_t s = 0; s < stages.size(); ++s) {
    const Placement& stage = stages[s];
    problem.units.push_back(as_unit(whole, stage));
    Device& device = problem.devices.emplace_back(whole.devices[at(stage.device)]);
    device.memory_bytes.reset();
    device.sub_model_times.clear();
    device.time_factor = 1.0;
    device.unit_times.assign(stages.size(), UnitTime{});
    device.unit_times[s] = costs.compute_times(stage.device, stage.first, stage.last + 1);
    for (std::size_t to = 0; to < stages.size(); ++to) {
      if (to != s) problem.links[s][to] = link_of(costs, stage.device, stages[to].device);
    }
  }
  return problem;
}

}  // namespace

std::vector<Placement> with_best_codecs(const Costs& costs, std::vector<Placement> stages) {
  for (Placement& stage : stages) stage.codec_after = costs.first_codec();
  stages.back().codec_after = kNoCodec;
  if (costs.problem().codecs.size() < 2 || stages.size() < 2) return stages;
  const Result<Solution> solved = solve(with_stages_as_units(costs, stages));
  ACCEPTLAB_CHECK(solved.ok() && solved.value().feasible);
  for (std::size_t s = 0; s + 1 < stages.size(); ++s) {
    stages[s].codec_after = solved.value().stages[s].codec_after;
  }
  return stages;
}

}  // namespace acceptlab::partition
