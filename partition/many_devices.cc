#include "partition/many_devices.h"

#include <algorithm>
#include <numeric>

#include "partition/bottleneck_program.h"
#include "partition/evaluate.h"
#include "partition/parametric_search.h"
#include "runtime/base/rng.h"

namespace acceptlab::partition {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class OrderSearch {
 public:
  OrderSearch(const Costs& costs, double bound_us, std::size_t effort)
      : costs_(costs), bound_us_(bound_us), effort_(effort) {
    order_.devices.resize(at(costs.devices()));
    std::iota(order_.devices.begin(), order_.devices.end(), 0);
    order_.may_skip = true;
    order_.first_is_fixed = costs.problem().first_device_is_fixed;
  }

  Placements run() {
    try_order(order_.devices);
    try_sorted([&](int d) { return costs_.compute_us(d, 0, costs_.units()); });
    try_sorted([&](int d) { return -costs_.compute_us(d, 0, costs_.units()); });
    try_sorted([&](int d) { return costs_.link_pair(d, d).bandwidth_there; });
    if (parametric_search_applies(costs_)) deal_out();
    improve();
    return best_;
  }

 private:
  static std::size_t at(int index) { return static_cast<std::size_t>(index); }
  std::size_t movable_from() const { return order_.first_is_fixed ? 1 : 0; }
  bool is_done() const { return spent_ >= effort_ || best_us_ <= bound_us_; }

  // Keeps the plan where it is no worse than the best.
  bool try_order(const std::vector<int>& devices) {
    spent_ += devices.size();
    order_.devices = devices;
    const Placements plan = solve_order(costs_, order_);
    if (!plan) return false;
    const double us = evaluate(costs_, *plan).bottleneck_us;
    if (us > best_us_) return false;
    best_us_ = us;
    best_ = plan;
    best_order_ = devices;
    return true;
  }

  template <typename Key>
  void try_sorted(const Key& key) {
    std::vector<int> devices(order_.devices.size());
    std::iota(devices.begin(), devices.end(), 0);
    std::stable_sort(devices.begin() + static_cast<std::ptrdiff_t>(movable_from()), devices.end(),
                     [&](int a, int b) { return key(a) < key(b); });
    try_order(devices);
  }

  // The least lambda, to a thousandth of what is left, for which dealing out works.
  void deal_out() {
    double low = bound_us_;
    double high = best_us_ == kInfinity ? 2.0 * longest_us() : best_us_;
    for (int step = 0; step < 12 && high > low * 1.0005; ++step) {
      const double lambda = step == 0 ? low * 1.002 : low + (high - low) / 2;
      const std::vector<int> devices = deal_out_within(lambda);
      if (!devices.empty() && try_order(with_rest(devices))) {
        high = std::min(lambda, best_us_);
      } else {
        low = lambda;
      }
    }
  }

  double longest_us() const {
    double longest = 0.0;
    for (int d = 0; d < costs_.devices(); ++d) {
      longest = std::max(longest, costs_.compute_us(d, 0, costs_.units()));
    }
    return longest;
  }

  // Devices in the order in which they take units; empty where some unit is left.
  std::vector<int> deal_out_within(double lambda) const {
    std::vector<int> dealt;
    std::vector<bool> used(at(costs_.devices()));
    int cut = 0;
    while (cut < costs_.units()) {
      int best = -1;
      int best_end = cut;
      double least_waste = kInfinity;
      const bool only_first = cut == 0 && order_.first_is_fixed;
      for (int d = 0; d < (only_first ? 1 : costs_.devices()); ++d) {
        if (used[at(d)]) continue;
        const int end = furthest(d, cut, lambda);
        if (end == cut) continue;
        // The last stage may be as short as it likes.
        const double waste =
            end == costs_.units() ? -1.0 : 1.0 - costs_.compute_us(d, cut, end) / lambda;
        if (waste < least_waste) {
          least_waste = waste;
          best = d;
          best_end = end;
        }
      }
      if (best < 0) return {};
      used[at(best)] = true;
      dealt.push_back(best);
      cut = best_end;
    }
    return dealt;
  }

  // The last end at which the device can send on, its stage within lambda and memory. Stages are
  // short where devices are many: double the step, then halve it.
  int furthest(int device, int begin, double lambda) const {
    const auto holds = [&](int end) {
      return end <= costs_.units() && costs_.compute_us(device, begin, end) <= lambda &&
             costs_.fits(device, begin, end, 1);
    };
    int low = begin;
    int step = 1;
    while (holds(low + step)) {
      low += step;
      step *= 2;
    }
    for (step /= 2; step > 0; step /= 2) {
      if (holds(low + step)) low += step;
    }
    const Costs::LinkPair link = costs_.link_pair(device, device);
    while (low > begin && low < costs_.units() &&
           costs_.link_us(link, low, costs_.first_codec()) > lambda) {
      --low;
    }
    return low;
  }

  // The dealt devices, and behind them those that are left over.
  std::vector<int> with_rest(std::vector<int> dealt) const {
    std::vector<bool> used(at(costs_.devices()));
    for (const int d : dealt) used[at(d)] = true;
    for (int d = 0; d < costs_.devices(); ++d) {
      if (!used[at(d)]) dealt.push_back(d);
    }
    return dealt;
  }

  void improve() {
    const std::size_t from = movable_from();
    if (best_order_.size() < from + 2) return;
    Rng rng(1, "order search");
    while (!is_done()) {
      std::vector<int> devices = best_order_;
      const std::size_t i = from + rng.below(devices.size() - from);
      const std::size_t j = from + rng.below(devices.size() - from);
      if (i == j) continue;
      if (rng.below(2) == 0) {
        std::swap(devices[i], devices[j]);
      } else {
        const int moved = devices[i];
        devices.erase(devices.begin() + static_cast<std::ptrdiff_t>(i));
        devices.insert(devices.begin() + static_cast<std::ptrdiff_t>(j), moved);
      }
      try_order(devices);
    }
  }

  const Costs& costs_;
  const double bound_us_;
  const std::size_t effort_;
  std::size_t spent_ = 0;
  DeviceOrder order_;
  Placements best_;
  std::vector<int> best_order_;
  double best_us_ = kInfinity;
};

}  // namespace

Placements solve_order(const Costs& costs, const DeviceOrder& order) {
  if (parametric_search_applies(costs)) return search_chain(costs, order);
  return least_bottleneck(costs, StateSpace::of_order(costs, order));
}

Placements search_orders(const Costs& costs, double bound_us, std::size_t effort) {
  return OrderSearch(costs, bound_us, effort).run();
}

}  // namespace acceptlab::partition
