#include "partition/state_space.h"

#include "partition/device_types.h"

namespace acceptlab::partition {

void StateSpace::add(State state, const std::vector<std::size_t>& next) {
  state.next_begin = next_.size();
  next_.insert(next_.end(), next.begin(), next.end());
  state.next_end = next_.size();
  states_.push_back(state);
}

StateSpace StateSpace::of_order(const Costs& costs, const DeviceOrder& order) {
  StateSpace space;
  const std::size_t positions = order.devices.size();
  const std::size_t depths = costs.memory_counts_stages() ? positions : 1;
  // States of position p begin at first[p], one for each depth.
  std::vector<std::size_t> first(positions);
  for (std::size_t p = positions; p-- > 0;) {
    first[p] = space.size();
    const std::size_t end = order.may_skip ? positions : std::min(p + 2, positions);
    for (std::size_t depth = 1; depth <= depths; ++depth) {
      State state;
      state.device = order.devices[p];
      state.stages = static_cast<int>(depth);
      state.may_be_last = depths > 1 ? depth == 1 && (order.may_skip || p + 1 == positions)
                                     : order.may_skip || p + 1 == positions;
      state.may_start = p == 0 || (order.may_skip && !order.first_is_fixed);
      std::vector<std::size_t> next;
      for (std::size_t q = p + 1; q < end && (depths == 1 || depth > 1); ++q) {
        next.push_back(first[q] + (depths == 1 ? 0 : depth - 2));
      }
      space.add(state, next);
    }
  }
  return space;
}

StateSpace StateSpace::of_sets(const Costs& costs) {
  StateSpace space;
  const Problem& problem = costs.problem();
  const DeviceTypes types(problem);
  const auto count = static_cast<std::size_t>(types.count());
  std::vector<std::size_t> index(*types.multisets() * count);
  for (std::size_t set = 1; set < *types.multisets(); ++set) {
    for (int type = 0; type < types.count(); ++type) {
      if (types.used(set, type) == 0) continue;
      State state;
      state.device = types.device(type, types.size(type) - types.used(set, type));
      state.stages = types.used(set);
      state.may_be_last = state.stages == 1;
      state.must_start = problem.first_device_is_fixed && state.device == 0;
      state.may_start = !problem.first_device_is_fixed || state.device == 0;
      const std::size_t rest = types.without(set, type);
      std::vector<std::size_t> next;
      for (int head = 0; head < types.count(); ++head) {
        if (types.used(rest, head) > 0) {
          next.push_back(index[rest * count + static_cast<std::size_t>(head)]);
        }
      }
      index[set * count + static_cast<std::size_t>(type)] = space.size();
      space.add(state, next);
    }
  }
  return space;
}

std::optional<std::size_t> free_order_size(const Problem& problem) {
  const DeviceTypes types(problem);
  const auto count = static_cast<std::size_t>(types.count());
  if (!types.multisets() || *types.multisets() > (std::size_t{1} << 62) / count) {
    return std::nullopt;
  }
  return *types.multisets() * count;
}

}  // namespace acceptlab::partition
