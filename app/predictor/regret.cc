#include "app/predictor/regret.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "partition/solve.h"
#include "runtime/base/check.h"

namespace acceptlab::app {

namespace {

std::vector<partition::UnitTime> sub_model_times(const SubModelTimes& times, int units) {
  const auto size = static_cast<std::size_t>(units);
  std::vector<partition::UnitTime> table(size * size);
  for (const auto& [range, time] : times) {
    table[static_cast<std::size_t>(range.begin) * size + static_cast<std::size_t>(range.end - 1)] =
        {to_milliseconds(time.forward) * 1e3, to_milliseconds(time.backward) * 1e3};
  }
  return table;
}

std::vector<partition::Placement> placements_of(const partition::Problem& problem) {
  const Result<partition::Solution> solution = partition::solve(problem);
  ACCEPTLAB_CHECK(solution.ok() && solution.value().feasible);
  return solution.value().stages;
}

}  // namespace

RegretCases::RegretCases(const PersonaTable& table, const DeviceProfile& model,
                         const EvaluationOptions& options)
    : table_(table), model_(model), rng_(options.seed, "regret cases") {}

RegretCases::Case RegretCases::draw(std::size_t devices) {
  Case drawn;
  for (std::size_t d = 0; d < devices; ++d) drawn.devices.push_back(d);
  for (std::size_t i = devices; i > 1; --i) {
    std::swap(drawn.devices[i - 1], drawn.devices[rng_.below(i)]);
  }
  const std::size_t most = std::min<std::size_t>(devices, 4);
  drawn.devices.resize(2 + rng_.below(most - 1));
  drawn.bandwidth_bytes_per_s = std::pow(10.0, rng_.uniform(0.0, 3.0)) * 1e6 / 8.0;
  drawn.compression = rng_.below(2) == 0 ? 1.0 : 8.0;
  return drawn;
}

partition::Problem RegretCases::problem_of(const Case& drawn,
                                           const std::vector<SubModelTimes>& times) const {
  partition::Problem problem;
  problem.mode = partition::Mode::kFixedSkip;
  problem.duplex = partition::Duplex::kFull;
  for (const UnitProfile& unit : model_.units) {
    partition::Unit u;
    u.name = unit.name;
    u.activation_bytes = 4.0 * static_cast<double>(unit.output_values) * table_.batch_samples;
    u.gradient_bytes = u.activation_bytes;
    u.parameter_bytes = 4.0 * static_cast<double>(unit.parameter_values);
    problem.units.push_back(u);
  }
  for (const std::size_t d : drawn.devices) {
    partition::Device device;
    device.name = std::to_string(d);
    device.bandwidth_bytes_per_s = drawn.bandwidth_bytes_per_s;
    device.sub_model_times = sub_model_times(times[d], table_.units);
    problem.devices.push_back(device);
  }
  partition::Codec codec;
  codec.name = "compressed";
  codec.activation_ratio = codec.gradient_ratio = drawn.compression;
  problem.codecs.push_back(codec);
  return problem;
}

void RegretCases::add(const std::vector<Persona>& devices,
                      const std::vector<SubModelTimes>& predicted, int count) {
  ACCEPTLAB_CHECK(devices.size() >= 2 && devices.size() == predicted.size());
  std::vector<SubModelTimes> truth;
  truth.reserve(devices.size());
  for (const Persona& device : devices) truth.push_back(device.times);
  for (int i = 0; i < count; ++i) {
    const Case drawn = draw(devices.size());
    const partition::Problem real = problem_of(drawn, truth);
    const auto chosen = placements_of(problem_of(drawn, predicted));
    const double best = partition::evaluate(real, placements_of(real)).bottleneck_us;
    ratios_.push_back(partition::evaluate(real, chosen).bottleneck_us / best);
  }
}

Regret RegretCases::result(const std::string& contestant) const {
  ACCEPTLAB_CHECK(!ratios_.empty());
  std::vector<double> sorted = ratios_;
  std::sort(sorted.begin(), sorted.end());
  Regret regret;
  regret.contestant = contestant;
  regret.cases = static_cast<int>(sorted.size());
  regret.mean =
      std::accumulate(sorted.begin(), sorted.end(), 0.0) / static_cast<double>(sorted.size());
  regret.percentile_95 =
      sorted[static_cast<std::size_t>(0.95 * static_cast<double>(sorted.size() - 1))];
  regret.worst = sorted.back();
  return regret;
}

}  // namespace acceptlab::app
