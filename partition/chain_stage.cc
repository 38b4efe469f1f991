#include "partition/chain_stage.h"

#include <algorithm>

namespace acceptlab::partition {

namespace {

// Where the probe before tells where a stage ends at least, it mostly ends within so many units.
constexpr int kShortSearch = 7;

// The last of the numbers low..high for which `holds`, which it does for low and up to some number.
template <typename Predicate>
int last_where(int low, int high, const Predicate& holds) {
  for (int left = high - low; left > 0;) {
    const int half = (left + 1) / 2;
    low = holds(low + half) ? low + half : low;  // without a branch
    left -= half;
  }
  return low;
}

// Likewise the first.
template <typename Predicate>
int first_where(int low, int high, const Predicate& holds) {
  return -last_where(-high, -low, [&](int i) { return holds(-i); });
}

}  // namespace

ChainStage::ChainStage(const Costs& costs, int device)
    : costs_(&costs),
      sums_(costs.unit_sums(device)),
      factor_(costs.factor(device)),
      inverse_(1.0 / factor_),
      device_(device),
      memory_binds_(!costs.fits(device, 0, costs.units(), 1)),
      holds_each_unit_(!memory_binds_ || costs.surely_fits_each_unit(device)),
      slowest_unit_us_(costs.slowest_unit_us(device)) {}

// Search the sums for where lambda ends, which rounding may miss by a unit; then by stage times.
int ChainStage::furthest_in_time(int begin, int low, int high, double lambda) const {
  const double target = sums_[begin] + lambda * inverse_;
  int last = high;
  if (high - low > kShortSearch && sums_[low + kShortSearch + 1] > target) {
    last = low + kShortSearch;
  }
  int end = last_where(low, last, [&](int e) { return sums_[e] <= target; });
  while (end < high && us(begin, end + 1) <= lambda) ++end;
  while (end > begin && us(begin, end) > lambda) --end;
  return end;
}

int ChainStage::nearest_in_time(int end, double lambda) const {
  const double target = sums_[end] - lambda * inverse_;
  int begin = first_where(0, end, [&](int b) { return sums_[b] >= target; });
  while (begin > 0 && us(begin - 1, end) <= lambda) --begin;
  while (begin < end && us(begin, end) > lambda) ++begin;
  return begin;
}

int ChainStage::furthest(int begin, int low, int high, double lambda,
                         LeastRejected& rejected) const {
  int end = furthest_in_time(begin, low, high, lambda);
  if (!holds(begin, end)) {
    return last_where(low, end - 1, [&](int e) { return holds(begin, e); });
  }
  if (end < high && holds(begin, end + 1)) rejected.add(us(begin, end + 1));
  return end;
}

int ChainStage::nearest(int end, double lambda, LeastRejected& rejected) const {
  const int begin = nearest_in_time(end, lambda);
  if (!holds(begin, end)) {
    return first_where(begin + 1, end, [&](int b) { return holds(b, end); });
  }
  if (begin > 0 && holds(begin - 1, end)) rejected.add(us(begin - 1, end));
  return begin;
}

}  // namespace acceptlab::partition
