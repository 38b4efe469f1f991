#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "partition/costs.h"
#include "partition/device_order.h"

namespace acceptlab::partition {

// Where a dynamic program stands when the rest of a pipeline is planned: which device is the first
// of the rest, and which may go on behind it. It is what order and choice of devices mean to it.
struct State {
  int device = 0;
  int stages = 1;  // from this one to the last; 1 where memory does not depend on it
  bool may_be_last = false;
  bool may_start = true;    // the first unit of the model may be its own
  bool must_start = false;  // only this
  std::size_t next_begin = 0;
  std::size_t next_end = 0;
};

// States in an order in which those that may go on behind one come before it.
class StateSpace {
 public:
  std::size_t size() const { return states_.size(); }
  const State& state(std::size_t index) const { return states_[index]; }
  // Calls visit(index) for each state that may go on behind this one.
  template <typename Visit>
  void for_each_next(const State& state, const Visit& visit) const {
    for (std::size_t i = state.next_begin; i < state.next_end; ++i) visit(next_[i]);
  }

  // Fixed order: a device for each state, or a device and a number of stages behind it.
  static StateSpace of_order(const Costs& costs, const DeviceOrder& order);
  // Free order: a multiset of devices and which of them is first. Requires: few (free_order_size).
  static StateSpace of_sets(const Costs& costs);

 private:
  void add(State state, const std::vector<std::size_t>& next);

  std::vector<State> states_;
  std::vector<std::size_t> next_;
};

// Calls visit(begin, end, codec_before) for each stage that the state's device may have and that
// its memory holds; codec_before counts from 0, and is 0 where no cut is in front.
template <typename Visit>
void for_each_stage(const Costs& costs, const State& state, const Visit& visit) {
  const int codecs = costs.end_codec() - costs.first_codec();
  const int last_end = state.may_be_last ? costs.units() : costs.units() - 1;
  const int last_begin = state.must_start ? 0 : costs.units() - 1;
  for (int begin = state.may_start ? 0 : 1; begin <= last_begin; ++begin) {
    for (int end = begin + 1; end <= last_end; ++end) {
      if (!costs.fits(state.device, begin, end, state.stages)) break;
      for (int before = 0; before < (begin == 0 ? 1 : codecs); ++before) visit(begin, end, before);
    }
  }
}

// How many states of_sets has; nothing where they cannot be counted.
std::optional<std::size_t> free_order_size(const Problem& problem);

}  // namespace acceptlab::partition
