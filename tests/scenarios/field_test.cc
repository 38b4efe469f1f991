#include "scenarios/field.h"

#include <gmock/gmock.h>

#include "compression/codec_spec.h"
#include "tests/scenarios/scenario_text.h"

// What single keys accept, through files: the type decides, the schema gives the range.
namespace acceptlab::scenarios {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

std::string at2(const std::string& rest) { return "x.toml:2: key " + rest; }

TEST(Field, NumbersMustBeNumbersInRange) {
  EXPECT_EQ(error_two("network.bandwidth_mbit_s = -5\n"),
            at2("'network.bandwidth_mbit_s': must be 0.1..10000 Mbit/s, got -5"));
  EXPECT_EQ(error_two("network.bandwidth_mbit_s = \"fast\"\n"),
            at2("'network.bandwidth_mbit_s': must be a number, 0.1..10000 Mbit/s, got the string "
                "\"fast\""));
  EXPECT_EQ(load_two("network.bandwidth_mbit_s = 0.1\n").network.link.bandwidth_mbit_s, 0.1);
  EXPECT_EQ(load_two("network.bandwidth_mbit_s = 10_000\n").network.link.bandwidth_mbit_s, 1e4);
}

TEST(Field, NumbersMustBeFinite) {
  EXPECT_EQ(error_two("model.width = nan\n"), at2("'model.width': must be 0.05..4, got nan"));
  EXPECT_EQ(error_two("model.width = inf\n"), at2("'model.width': must be 0.05..4, got inf"));
  EXPECT_EQ(error_two("network.steps = [[0, nan]]\n"),
            at2("'network.steps': values must be 0.1..10000 Mbit/s, got nan"));
  EXPECT_EQ(error_two("network.steps = [[nan, 1]]\n"),
            at2("'network.steps': times must be 0..1e6 s, got nan"));
}

TEST(Field, IntegersTakeNoFractions) {
  EXPECT_EQ(error_two("training.epochs = 1.5\n"),
            at2("'training.epochs': must be an integer, 1..10000, got 1.5"));
  EXPECT_EQ(error_two("training.batch_samples = 65537\n"),
            at2("'training.batch_samples': must be 1..65536, got 65537"));
  EXPECT_EQ(error_two("seed = 9223372036854775807\n"),
            at2("'seed': must be 0..9007199254740991, got 9223372036854775807"));
}

TEST(Field, FlagsAndTextKeepTheirTypes) {
  EXPECT_EQ(error_two("training.evaluate = 1\n"),
            at2("'training.evaluate': must be true or false, got 1"));
  EXPECT_EQ(error_two("name = 3\n"), at2("'name': must be text in quotes, got 3"));
  EXPECT_EQ(error_two("schedule.kind = true\n"),
            at2("'schedule.kind': must be one of 1f1b, gpipe, single, got true"));
}

TEST(Field, WordsMustBeKnown) {
  EXPECT_EQ(error_two("method = \"pipedrem\"\n"),
            at2("'method': must be one of single, even, pipedream, ftpipehd, ftpipehd+codec, "
                "accept, accept-no-codec, accept-no-predictor, custom, got \"pipedrem\"; did you "
                "mean 'pipedream'?"));
  EXPECT_EQ(error_two("model.name = \"vgg\"\n"),
            at2("'model.name': must be one of mobilenetv2, cnn, vgg11, resnet18, vit, got "
                "\"vgg\"; did you mean 'vgg11'?"));
}

std::string codec_line(const std::string& name) { return "codec.forward = \"" + name + "\"\n"; }

TEST(Field, CodecsAreNamedByTheirOwnGrammar) {
  for (const char* name :
       {"none", "fp16", "uniform1", "uniform8", "suq1", "suq8", "mbq1", "mbq8", "suq4-clip",
        "uniform4-zstd", "mbq4-greedy-no-offset", "suq2-relu6-zeros", "suq4-range(-1:0.5)"}) {
    EXPECT_EQ(load_two(codec_line(name)).codec.forward, name);
  }
  EXPECT_EQ(load_two("codec.backward = \"suq8-clip\"\n").codec.backward, "suq8-clip");
}

TEST(Field, TwoNamesOfACodecAreStoredAlike) {
  EXPECT_EQ(load_two(codec_line("mbq4-no-offset-greedy")).codec.forward, "mbq4-greedy-no-offset");
  EXPECT_EQ(load_two(codec_line("suq4-range(0:6.0)")).codec.forward, "suq4-relu6");
}

TEST(Field, OtherCodecsAreRefusedWithWhatIsAllowed) {
  EXPECT_EQ(error_two(codec_line("mbq9")),
            at2("'codec.forward': codec \"mbq9\" is unknown; allowed: " +
                std::string(compression::kCodecNameHelp) + "; did you mean 'mbq1'?"));
  EXPECT_THAT(error_two(codec_line("unifrom4-zst")), EndsWith("; did you mean 'uniform4-zstd'?"));
  EXPECT_THAT(error_two(codec_line("suq4-greedy")), HasSubstr("\"suq4-greedy\" is unknown"));
  EXPECT_EQ(error_two("codec.backward = \"suq4-range(2:1)\"\n"),
            at2("'codec.backward': codec suq4-range(2:1): the range must go from a number to a "
                "larger one"));
  EXPECT_EQ(error_two("codec.forward = 4\n"),
            at2("'codec.forward': must be text in quotes, got 4"));
}

TEST(Field, ListsOfIntegersMustIncrease) {
  EXPECT_EQ(load_two("training.lr_milestones = [2, 5]\n").training.lr_milestones,
            (std::vector<int>{2, 5}));
  EXPECT_EQ(error_two("training.lr_milestones = [5, 5]\n"),
            at2("'training.lr_milestones': must increase, got 5 after 5"));
  EXPECT_EQ(error_two("partition.cuts = [0]\n"),
            at2("'partition.cuts': each item must be 1..10000, got 0"));
  EXPECT_EQ(error_two("partition.cuts = [\"a\"]\n"),
            at2("'partition.cuts': each item must be an integer, 1..10000, got the string \"a\""));
  EXPECT_EQ(error_two("partition.cuts = 5\n"),
            at2("'partition.cuts': must be a list of integers, 1..10000, got 5"));
}

TEST(Field, StepsArePairsAtIncreasingTimes) {
  const auto steps = load_two(
                         "network.bandwidth_model = \"steps\"\nnetwork.steps = [[0, 1.5], "
                         "[2.5, 10]]\n")
                         .network.link.steps;
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].value, 1.5);
  EXPECT_EQ(steps[1].time_s, 2.5);
  EXPECT_EQ(error_two("network.steps = [[0, 1], [3, 2], [3, 1]]\n"),
            at2("'network.steps': times must increase, got 3 after 3"));
  EXPECT_EQ(error_two("network.steps = [[-1, 1]]\n"),
            at2("'network.steps': times must be 0..1e6 s, got -1"));
  EXPECT_EQ(error_two("network.steps = [[0, 1], [2]]\n"),
            at2("'network.steps': must be a list of pairs [time_s, value], got the list [2]"));
  EXPECT_EQ(error_two("network.steps = 5\n"),
            at2("'network.steps': must be a list of pairs [time_s, value], got 5"));
  EXPECT_EQ(error_two("devices = 1\n"),
            at2("'devices': must be a list of tables, [[devices]], got 1"));
}

TEST(Field, ListsHaveALimit) {
  std::string many;
  for (int i = 0; i <= 100000; ++i) many += "1,";
  EXPECT_EQ(error_two("partition.cuts = [" + many + "]\n"),
            at2("'partition.cuts': has more than 100000 items"));
  EXPECT_EQ(error_two("network.steps = [" + many + "]\n"),
            at2("'network.steps': has more than 100000 items"));
}

}  // namespace
}  // namespace acceptlab::scenarios
