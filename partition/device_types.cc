#include "partition/device_types.h"

#include <algorithm>
#include <tuple>

namespace acceptlab::partition {

namespace {

bool equal_times(const std::vector<UnitTime>& a, const std::vector<UnitTime>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](UnitTime x, UnitTime y) {
    return x.forward_us == y.forward_us && x.backward_us == y.backward_us;
  });
}

bool alike(const Device& a, const Device& b) {
  const auto numbers = [](const Device& d) {
    return std::tie(d.time_factor, d.bandwidth_bytes_per_s, d.latency_us, d.memory_bytes,
                    d.codec_time_factor);
  };
  return numbers(a) == numbers(b) && equal_times(a.unit_times, b.unit_times) &&
         equal_times(a.sub_model_times, b.sub_model_times);
}

}  // namespace

DeviceTypes::DeviceTypes(const Problem& problem) {
  for (int d = 0; d < problem.device_count(); ++d) {
    const auto joins = [&](const std::vector<int>& type) {
      // The first device may be tied to its place; a matrix of links tells devices apart.
      if (!problem.links.empty() || (problem.first_device_is_fixed && type[0] == 0)) return false;
      return alike(problem.devices[at(type[0])], problem.devices[at(d)]);
    };
    const auto type = std::find_if(members_.begin(), members_.end(), joins);
    if (type != members_.end()) {
      type->push_back(d);
    } else {
      members_.push_back({d});
    }
  }
  std::size_t stride = 1;
  for (const std::vector<int>& type : members_) {
    stride_.push_back(stride);
    if (stride > (std::size_t{1} << 62) / (type.size() + 1)) return;
    stride *= type.size() + 1;
  }
  multisets_ = stride;
}

int DeviceTypes::used(std::size_t set) const {
  int sum = 0;
  for (int t = 0; t < count(); ++t) sum += used(set, t);
  return sum;
}

std::vector<std::uint16_t> DeviceTypes::sizes() const {
  std::vector<std::uint16_t> sizes{0};
  sizes.reserve(*multisets_);
  for (int type = 0; type < count(); ++type) {
    for (std::size_t set = stride_[at(type)];
         set < stride_[at(type)] * (members_[at(type)].size() + 1); ++set) {
      sizes.push_back(static_cast<std::uint16_t>(sizes[without(set, type)] + 1));
    }
  }
  return sizes;
}

}  // namespace acceptlab::partition
