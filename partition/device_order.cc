#include "partition/device_order.h"

#include <numeric>

namespace acceptlab::partition {

DeviceOrder order_of(const Problem& problem) {
  DeviceOrder order;
  order.devices.resize(problem.devices.size());
  std::iota(order.devices.begin(), order.devices.end(), 0);
  order.may_skip = problem.mode != Mode::kFixedAll;
  order.first_is_fixed = problem.first_device_is_fixed;
  return order;
}

}  // namespace acceptlab::partition
