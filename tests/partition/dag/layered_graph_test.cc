#include "partition/dag/layered_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <limits>

#include "runtime/base/rng.h"

namespace acceptlab::partition {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Times from tables; a negative time of a stage is one that is not allowed.
struct Tables {
  std::vector<std::vector<std::vector<double>>> stage_us;  // [device][first][last]
  std::vector<std::vector<std::vector<double>>> link_us;   // [from][to][cut]
};

std::vector<std::vector<std::vector<double>>> random_table(int a, int b, int c, double lowest,
                                                           Rng& rng) {
  const auto size = [](int n) { return static_cast<std::size_t>(n); };
  std::vector<std::vector<std::vector<double>>> table(
      size(a), std::vector<std::vector<double>>(size(b), std::vector<double>(size(c))));
  for (auto& rows : table) {
    for (auto& row : rows) {
      for (double& value : row) value = lowest + static_cast<double>(rng.below(20));
    }
  }
  return table;
}

double at(const std::vector<std::vector<std::vector<double>>>& table, int a, int b, int c) {
  return table[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)]
              [static_cast<std::size_t>(c)];
}

// `tables` must outlive it.
ChainTimes chain_of(const Tables& tables, int units, int devices) {
  ChainTimes chain;
  chain.units = units;
  chain.devices = devices;
  chain.stage_us = [&tables](int device, int first, int last) -> std::optional<double> {
    const double us = at(tables.stage_us, device, first, last);
    if (us < 0.0) return std::nullopt;
    return us;
  };
  chain.link_us = [&tables](int from, int to, int cut) {
    return at(tables.link_us, from, to, cut);
  };
  return chain;
}

// Every partition, by recursion over its stages.
class AllPartitions {
 public:
  explicit AllPartitions(const ChainTimes& chain) : chain_(chain) {
    const bool only_first = chain.mode == Mode::kFixedAll || chain.first_device_is_fixed;
    const int most = only_first ? 1 : chain.devices;
    for (int device = 0; device < most; ++device) add_stage(device, 0, 0.0);
  }
  double bottleneck_us() const { return best_us_; }

 private:
  void add_stage(int device, int first, double so_far_us) {
    for (int last = first; last < chain_.units; ++last) {
      const auto us = chain_.stage_us(device, first, last);
      if (!us) continue;
      const double now_us = std::max(so_far_us, *us);
      const bool all = chain_.mode == Mode::kFixedAll;
      if (last + 1 == chain_.units) {
        if (!all || device + 1 == chain_.devices) best_us_ = std::min(best_us_, now_us);
        continue;
      }
      const int most = all ? std::min(device + 2, chain_.devices) : chain_.devices;
      for (int to = device + 1; to < most; ++to) {
        add_stage(to, last + 1, std::max(now_us, chain_.link_us(device, to, last)));
      }
    }
  }

  const ChainTimes& chain_;
  double best_us_ = kInfinity;
};

TEST(LayeredGraph, EqualsAllPartitionsOfRandomChains) {
  Rng rng(1, "chains");
  int infeasible = 0;
  for (int i = 0; i < 6000; ++i) {
    const int units = 1 + static_cast<int>(rng.below(7));
    const int devices = 1 + static_cast<int>(rng.below(4));
    const double lowest = rng.below(2) == 0 ? 0.0 : -8.0;
    const Tables tables{random_table(devices, units, units, lowest, rng),
                        random_table(devices, devices, units, 0.0, rng)};
    ChainTimes chain = chain_of(tables, units, devices);
    chain.mode = rng.below(2) == 0 ? Mode::kFixedAll : Mode::kFixedSkip;
    chain.first_device_is_fixed = rng.below(2) == 0;
    const double expected_us = AllPartitions(chain).bottleneck_us();
    if (expected_us == kInfinity) ++infeasible;
    ASSERT_EQ(layered_graph_bottleneck(chain).value_or(kInfinity), expected_us) << "problem " << i;
  }
  EXPECT_GT(infeasible, 100);
}

TEST(LayeredGraph, SkipsADeviceOnlyWhereItMay) {
  ChainTimes chain;
  chain.units = 2;
  chain.devices = 3;
  chain.stage_us = [](int device, int first, int last) -> std::optional<double> {
    return (device == 1 ? 50.0 : 10.0) * (last - first + 1);
  };
  chain.link_us = [](int, int, int) { return 1.0; };
  EXPECT_EQ(layered_graph_bottleneck(chain), 10.0);
  chain.mode = Mode::kFixedAll;
  EXPECT_EQ(layered_graph_bottleneck(chain), std::nullopt);
  chain.devices = 2;
  EXPECT_EQ(layered_graph_bottleneck(chain), 50.0);
}

}  // namespace
}  // namespace acceptlab::partition
