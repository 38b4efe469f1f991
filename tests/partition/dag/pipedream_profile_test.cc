#include "partition/dag/pipedream_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "runtime/base/rng.h"

namespace acceptlab::partition {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

constexpr const char* kMeasures =
    "forward_compute_time=0.073, backward_compute_time=6.949, activation_size=64.0, "
    "parameter_size=180.000";

std::string node_line(const std::string& id, const std::string& name,
                      const std::string& measures = kMeasures) {
  return "node" + id + " -- " + name + " -- " + measures + "\n";
}

class PipedreamProfile : public testing::Test {
 protected:
  Result<ModelGraph> read(const std::string& text) {
    std::ofstream(path_, std::ios::binary) << text;
    return read_pipedream_profile(path_);
  }
  std::string refusal(const std::string& text) {
    const auto graph = read(text);
    if (graph.ok()) return "accepted";
    EXPECT_EQ(graph.error().kind, ErrorKind::kConfig);
    EXPECT_THAT(graph.error().message, testing::StartsWith(path_));
    return graph.error().message.substr(path_.size());
  }
  std::string refused_measures(const std::string& measures) {
    return refusal(node_line("1", "Linear", measures));
  }
  void TearDown() override { std::remove(path_.c_str()); }

  // Tests of one program may run at the same time.
  const std::string path_ =
      (std::filesystem::temp_directory_path() /
       ("acceptlab_profile_" +
        std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".txt"))
          .string();
};

TEST_F(PipedreamProfile, ReadsNodesAndEdges) {
  const auto graph =
      read(node_line("4", "Linear(9, 5)") + node_line("5", "A -- B") + "\tnode4 -- node5\n");
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  ASSERT_EQ(graph.value().nodes.size(), 2u);
  const ModelNode& node = graph.value().nodes[0];
  EXPECT_EQ(node.id, 4);
  EXPECT_EQ(node.name, "Linear(9, 5)");
  EXPECT_EQ(node.forward_us, 73.0);  // and not 0.073 * 1000
  EXPECT_EQ(node.backward_us, 6949.0);
  EXPECT_EQ(node.activation_bytes, 64.0);
  EXPECT_EQ(node.parameter_bytes, 180.0);
  EXPECT_EQ(graph.value().nodes[1].name, "A -- B");
  ASSERT_EQ(graph.value().edges.size(), 1u);
  EXPECT_EQ(graph.value().edges[0].producer, 4);
  EXPECT_EQ(graph.value().edges[0].consumer, 5);
}

TEST_F(PipedreamProfile, SumsListsOfSizes) {
  const auto graph = read(node_line(
      "1", "LSTM",
      "forward_compute_time=1e-3, backward_compute_time=0, activation_size=[6.0; 2.5; 1], "
      "parameter_size=0"));
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(graph.value().nodes[0].activation_bytes, 9.5);
  EXPECT_EQ(graph.value().nodes[0].forward_us, 1.0);
}

TEST_F(PipedreamProfile, AcceptsOtherLineEndsEdgesFirstAndEmptyLines) {
  const auto graph = read("\tnode1 -- node2\r\n\r\nnode1 -- a -- " + std::string(kMeasures) +
                          "\r\n\nnode2 -- b -- " + kMeasures);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_EQ(graph.value().edges.size(), 1u);
}

TEST_F(PipedreamProfile, DropsInputsAndElementsThatNobodyTakes) {
  const auto graph =
      read(node_line("1", "Input0") + node_line("2", "LSTM") + node_line("3", "__getitem__(0)") +
           node_line("4", "__getitem__(1)") + node_line("5", "Linear") +
           "\tnode1 -- node2\n\tnode2 -- node3\n\tnode2 -- node4\n\tnode3 -- node5\n");
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  std::vector<int> ids;
  for (const ModelNode& node : graph.value().nodes) ids.push_back(node.id);
  EXPECT_THAT(ids, testing::ElementsAre(2, 3, 5));
  EXPECT_EQ(graph.value().edges.size(), 2u);
}

TEST_F(PipedreamProfile, SaysWhereAndWhyALineIsWrong) {
  const std::string good = node_line("1", "a");
  EXPECT_EQ(refusal("hello\n"), ":1: 'nodeN -- NAME -- MEASURES' expected ('hello')");
  EXPECT_EQ(refusal(good + "node2 -- b\n"),
            ":2: 'nodeN -- NAME -- MEASURES' expected ('node2 -- b')");
  EXPECT_EQ(refusal(node_line("x", "a")), ":1: node and its number expected ('nodex')");
  EXPECT_EQ(refusal(node_line("-1", "a")), ":1: node and its number expected ('node-1')");
  EXPECT_EQ(refusal(node_line("99999999999", "a")),
            ":1: node and its number expected ('node99999999999')");
  EXPECT_EQ(refusal(good + good), ":2: node1 is there already (line 1)");
  EXPECT_EQ(refusal(good + "\tnode1\n"), ":2: 'nodeN -- nodeM' expected after the tab ('node1')");
  EXPECT_EQ(refusal(good + "\tnode1 -- node1x\n"), ":2: node and its number expected ('node1x')");
  EXPECT_EQ(refusal("\tnode1 -- node7\n" + good), ":1: the file has no such node (node7)");
  EXPECT_EQ(refusal(good + "caf\xc3\xa9\n"), ":2: plain ASCII text expected (byte 195)");
  EXPECT_EQ(refusal(std::string("\x7f"
                                "ELF\0",
                                5)),
            ":1: plain ASCII text expected (byte 127)");
}

TEST_F(PipedreamProfile, SaysWhichMeasureIsWrong) {
  const std::string times = "forward_compute_time=1, backward_compute_time=2, ";
  EXPECT_EQ(refused_measures("forward=1"), ":1: forward_compute_time=... expected ('forward=1')");
  EXPECT_EQ(refused_measures("forward_compute_time=1"),
            ":1: another field expected after forward_compute_time ('1')");
  EXPECT_EQ(refused_measures("forward_compute_time=nan, "),
            ":1: a number expected for forward_compute_time ('nan')");
  EXPECT_EQ(refused_measures("forward_compute_time=1e999, "),
            ":1: a number expected for forward_compute_time ('1e999')");
  EXPECT_EQ(refused_measures("forward_compute_time=1e308, "),
            ":1: forward_compute_time is too large ('1e308')");
  EXPECT_EQ(refused_measures("forward_compute_time=-2.5, "),
            ":1: forward_compute_time is negative ('-2.5')");
  EXPECT_EQ(refused_measures(times + "activation_size=[1; 2, parameter_size=3"),
            ":1: a list that ends in ] expected ('[1; 2')");
  EXPECT_EQ(refused_measures(times + "activation_size=[], parameter_size=3"),
            ":1: a number expected for activation_size ('')");
  EXPECT_EQ(refused_measures(times + "activation_size=[1; -2], parameter_size=3"),
            ":1: activation_size is negative ('-2')");
  EXPECT_EQ(refused_measures(times + "activation_size=1, parameter_size=3, stage_id=1"),
            ":1: a number expected for parameter_size ('3, stage_id=1')");
}

TEST_F(PipedreamProfile, SaysWhatIsWrongWithTheWhole) {
  EXPECT_EQ(refusal(""), ": model: there are no nodes");
  EXPECT_EQ(refusal(node_line("1", "Input0")), ": model: there are no nodes");
  EXPECT_EQ(
      refusal(node_line("1", "a") + node_line("2", "b") + "\tnode1 -- node2\n\tnode2 -- node1\n"),
      ": model: the nodes are in a cycle: 1 -> 2 -> 1");
  const auto missing = read_pipedream_profile("no/such.txt");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().message, "no/such.txt: cannot be opened");
  EXPECT_FALSE(read_pipedream_profile(std::filesystem::temp_directory_path().string()).ok());
}

// Any byte changed, removed or doubled: a graph or an error, and no crash under the sanitizers.
TEST_F(PipedreamProfile, SurvivesDamagedFiles) {
  const std::string text = node_line("1", "Input0") + node_line("2", "LSTM(2, 3)") +
                           node_line("3", "__getitem__(0)") +
                           "\tnode1 -- node2\n\tnode2 -- node3\n";
  Rng rng(3, "damage");
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = text;
    for (std::uint64_t changes = 1 + rng.below(3); changes > 0; --changes) {
      const std::size_t at = rng.below(damaged.size());
      switch (rng.below(3)) {
        case 0:
          damaged[at] = static_cast<char>(rng.below(256));
          break;
        case 1:
          damaged.erase(at, 1 + rng.below(20));
          break;
        default:
          damaged.insert(at, damaged.substr(rng.below(damaged.size()), rng.below(20)));
      }
    }
    const auto graph = read(damaged);
    if (!graph.ok()) {
      ++refused;
    } else {
      ASSERT_FALSE(check(graph.value()).has_value());
    }
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace acceptlab::partition
