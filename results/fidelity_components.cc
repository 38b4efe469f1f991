#include "results/fidelity_components.h"

#include <algorithm>
#include <cstddef>

#include "results/csv.h"

namespace acceptlab::results {
namespace {

using Components = std::vector<FidelityComponent>;

void add_stage(const StageSummary& real, const StageSummary& emulated, Components& all) {
  const std::string part = "stage " + std::to_string(real.stage);
  all.push_back({part, "compute", real.compute_ms, emulated.compute_ms});
  all.push_back({part, "codec", real.codec_ms, emulated.codec_ms});
  all.push_back({part, "update", real.update_ms, emulated.update_ms});
  all.push_back({part, "busy", real.busy_ms, emulated.busy_ms});
  all.push_back({part, "wait", real.wait_ms, emulated.wait_ms});
}

void add_cut(const CutSummary& real, const CutSummary& emulated, Components& all) {
  const std::string part =
      "cut " + std::to_string(real.from_stage) + "|" + std::to_string(real.from_stage + 1);
  all.push_back({part, "activation transfer", real.activation_ms, emulated.activation_ms});
  all.push_back({part, "gradient transfer", real.gradient_ms, emulated.gradient_ms});
}

void add_link(const LinkSummary& real, const RunSummary& emulated, Components& all) {
  for (const LinkSummary& link : emulated.links) {
    if (link.from != real.from || link.to != real.to) continue;
    const std::string part =
        "link " + std::to_string(real.from.value) + ">" + std::to_string(real.to.value);
    all.push_back({part, "busy", real.busy_ms, link.busy_ms});
  }
}

}  // namespace

Components components_of(const RunSummary& real, const RunSummary& emulated) {
  Components all;
  const std::size_t stages = std::min(real.stages.size(), emulated.stages.size());
  for (std::size_t s = 0; s < stages; ++s) add_stage(real.stages[s], emulated.stages[s], all);
  const std::size_t cuts = std::min(real.cuts.size(), emulated.cuts.size());
  for (std::size_t c = 0; c < cuts; ++c) add_cut(real.cuts[c], emulated.cuts[c], all);
  for (const LinkSummary& link : real.links) add_link(link, emulated, all);
  return all;
}

std::string components_header() {
  return csv_line({"point", "part", "quantity", "real_ms", "emulated_ms", "difference_ms",
                   "difference_percent_of_batch"});
}

std::string components_to_csv(int point, const Components& components, double real_ms_per_batch) {
  std::string text;
  for (const FidelityComponent& c : components) {
    const double difference = c.emulated_ms - c.real_ms;
    text += csv_line({std::to_string(point), c.part, c.quantity, format_fixed(c.real_ms, 6),
                      format_fixed(c.emulated_ms, 6), format_fixed(difference, 6),
                      format_fixed(100.0 * difference / real_ms_per_batch, 3)});
  }
  return text;
}

}  // namespace acceptlab::results
