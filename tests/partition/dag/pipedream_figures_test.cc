#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "partition/dag/downsets.h"
#include "partition/dag/layered_graph.h"
#include "partition/dag/linearize.h"
#include "partition/dag/pipedream_profile.h"
#include "tests/partition/dag/model_graphs.h"

// PipeDream's measured profiles, where they are beside the repository.
namespace acceptlab::partition {
namespace {

constexpr double kTenGigabit = 1.25e9;  // bytes/s

class PipedreamFigures : public testing::Test {
 protected:
  void SetUp() override {
    if (!pipedream_folder()) GTEST_SKIP() << "no PipeDream profiles beside the repository";
  }

  static ModelGraph model(const std::string& name) {
    auto graph = read_pipedream_profile(*pipedream_folder() + "/" + name + ".txt");
    EXPECT_TRUE(graph.ok()) << graph.error().message;
    return std::move(graph).value();
  }

  // Bottlenecks in ms of exactly `stages` stages: of Kahn's order, by the layered graph...
  static double chain_ms(const ModelGraph& graph, int stages, std::optional<double> bandwidth) {
    const std::vector<Unit> units = chain_in_order(graph, kahn_order(graph));
    ChainTimes chain;
    chain.units = static_cast<int>(units.size());
    chain.devices = stages;
    chain.mode = Mode::kFixedAll;
    std::vector<double> sum_us = {0.0};
    for (const Unit& u : units) {
      sum_us.push_back(sum_us.back() + u.time.forward_us + u.time.backward_us);
    }
    chain.stage_us = [&](int, int first, int last) {
      return sum_us[static_cast<std::size_t>(last) + 1] - sum_us[static_cast<std::size_t>(first)];
    };
    chain.link_us = [&](int, int, int cut) {
      const Unit& u = units[static_cast<std::size_t>(cut)];
      return bandwidth ? (u.activation_bytes + u.gradient_bytes) / *bandwidth * 1e6 : 0.0;
    };
    return layered_graph_bottleneck(chain).value() / 1e3;
  }

  // ... and over all downsets.
  static double dag_ms(const ModelGraph& graph, int stages, std::optional<double> bandwidth) {
    DownsetOptions options;
    options.stages = stages;
    options.bandwidth_bytes_per_s = bandwidth;
    const auto solution = best_downsets(graph, options);
    EXPECT_TRUE(solution.ok()) << solution.error().message;
    return solution.value().bottleneck_us / 1e3;
  }
};

constexpr double kRounding = 0.0005;  // the figures have three decimals

TEST_F(PipedreamFigures, Vgg16IsAChain) {
  const ModelGraph graph = model("vgg16");
  EXPECT_NEAR(chain_ms(graph, 4, {}), 216.450, kRounding);
  EXPECT_NEAR(dag_ms(graph, 4, {}), 216.450, kRounding);
  EXPECT_NEAR(chain_ms(graph, 4, kTenGigabit), 381.063, kRounding);
  EXPECT_NEAR(dag_ms(graph, 4, kTenGigabit), 381.063, kRounding);
}

TEST_F(PipedreamFigures, AlexnetIsAChain) {
  const ModelGraph graph = model("alexnet");
  EXPECT_NEAR(chain_ms(graph, 2, {}), 43.075, kRounding);
  EXPECT_NEAR(dag_ms(graph, 2, {}), 43.075, kRounding);
  EXPECT_NEAR(chain_ms(graph, 2, kTenGigabit), 53.163, kRounding);
  EXPECT_NEAR(dag_ms(graph, 2, kTenGigabit), 53.163, kRounding);
}

TEST_F(PipedreamFigures, GnmtGainsNothingFromItsBranches) {
  const ModelGraph graph = model("gnmt");
  EXPECT_NEAR(chain_ms(graph, 4, {}), 25.868, kRounding);
  EXPECT_NEAR(dag_ms(graph, 4, {}), 25.868, kRounding);
}

TEST_F(PipedreamFigures, Resnet50SendsLessOverTheGraphThanInOneOrder) {
  const ModelGraph graph = model("resnet50");
  EXPECT_NEAR(chain_ms(graph, 4, {}), 111.497, kRounding);
  EXPECT_NEAR(dag_ms(graph, 4, {}), 111.497, kRounding);
  EXPECT_NEAR(chain_ms(graph, 4, kTenGigabit), 258.149, kRounding);
  EXPECT_NEAR(dag_ms(graph, 4, kTenGigabit), 249.765, kRounding);
}

// Models, stage counts and speeds, against the independent solver.
TEST_F(PipedreamFigures, EqualTheLayeredGraph) {
  for (const char* name : {"alexnet", "vgg16", "resnet18"}) {
    const ModelGraph graph = model(name);
    for (const int stages : {2, 5}) {
      for (const std::optional<double> bandwidth :
           {std::optional<double>(), std::optional<double>(1.25e8), std::optional(kTenGigabit)}) {
        DownsetOptions options;
        options.stages = stages;
        options.bandwidth_bytes_per_s = bandwidth;
        const auto expected_us = layered_graph_bottleneck(graph, options);
        ASSERT_TRUE(expected_us.has_value());
        EXPECT_NEAR(dag_ms(graph, stages, bandwidth), *expected_us / 1e3, 1e-9) << name;
      }
    }
  }
}

}  // namespace
}  // namespace acceptlab::partition
