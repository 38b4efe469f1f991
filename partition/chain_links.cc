#include "partition/chain_links.h"

#include <algorithm>

namespace acceptlab::partition {

ChainLinks::ChainLinks(const Costs& costs, const std::vector<ChainStage>& stages)
    : costs_(costs),
      stages_(stages),
      are_alike_(costs.problem().links.empty() && devices_are_alike()),
      slowest_us_(stages.size() > 1 ? slowest_of_all() : 0.0) {}

bool ChainLinks::devices_are_alike() const {
  const std::vector<Device>& devices = costs_.problem().devices;
  const Device& first = devices[static_cast<std::size_t>(stages_[0].device())];
  return std::all_of(stages_.begin(), stages_.end(), [&](const ChainStage& stage) {
    const Device& device = devices[static_cast<std::size_t>(stage.device())];
    return device.bandwidth_bytes_per_s == first.bandwidth_bytes_per_s &&
           device.latency_us == first.latency_us;
  });
}

// The least of all bandwidths with the largest of all latencies.
double ChainLinks::slowest_of_all() const {
  Costs::LinkPair worst;
  const auto add = [&](const Costs::LinkPair& link) {
    worst.bandwidth_there = std::min(worst.bandwidth_there, link.bandwidth_there);
    worst.bandwidth_back = std::min(worst.bandwidth_back, link.bandwidth_back);
    worst.latency_there_us = std::max(worst.latency_there_us, link.latency_there_us);
    worst.latency_back_us = std::max(worst.latency_back_us, link.latency_back_us);
  };
  for (std::size_t from = 0; from < stages_.size(); ++from) {
    if (costs_.problem().links.empty()) {
      add(between(from, from));
      if (are_alike_) break;
      continue;
    }
    for (std::size_t to = from + 1; to < stages_.size(); ++to) add(between(from, to));
  }
  return slowest_us(worst);
}

}  // namespace acceptlab::partition
