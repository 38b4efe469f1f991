#include "app/figures/figure_list.h"

#include <gtest/gtest.h>

#include <fstream>

#include "runtime/base/result.h"
#include "tests/results/temporary_folder.h"

namespace acceptlab::app {
namespace {

constexpr const char* kGood = R"([[figures]]
name = "speed"
title = "Speed"
shows = "How fast."

[[figures.steps]]
name = "slow"
sweep = "s.toml"
set = ["seed=2"]
quick = ["sweep.seed=[1]"]
tables = ["epochs.csv"]

[[figures.steps]]
name = "traces"
sweep = "s.toml"
set = ["network.trace={traces}/a.down"]

[[figures]]
name = "real"
title = "Real"
shows = "What is."

[[figures.steps]]
name = "grid"
folder = "../real"
made_by = "acceptlab validate x.toml"
)";

class FigureLists : public testing::Test {
 protected:
  std::vector<Figure> read(const std::string& text) {
    const std::filesystem::path file = folder_.path() / "f.toml";
    std::ofstream(file, std::ios::binary) << text;
    return read_figures(file);
  }
  std::string error(const std::string& text) {
    try {
      read(text);
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "no error";
  }

  const results::TemporaryFolder folder_;
};

std::string replaced(const std::string& what, const std::string& by) {
  std::string text = kGood;
  return text.replace(text.find(what), what.size(), by);
}

TEST_F(FigureLists, AreRead) {
  const std::vector<Figure> figures = read(kGood);
  ASSERT_EQ(figures.size(), 2U);
  EXPECT_EQ(figures[0].title, "Speed");
  ASSERT_EQ(figures[0].steps.size(), 2U);
  const FigureStep& slow = figures[0].steps[0];
  EXPECT_EQ(slow.scenario, "s.toml");
  EXPECT_EQ(slow.set, std::vector<std::string>{"seed=2"});
  EXPECT_EQ(slow.with_quick, std::vector<std::string>{"sweep.seed=[1]"});
  EXPECT_EQ(slow.tables, std::vector<std::string>{"epochs.csv"});
  EXPECT_FALSE(needs_traces(slow));
  EXPECT_TRUE(needs_traces(figures[0].steps[1]));
  EXPECT_EQ(figures[1].steps[0].made_by, "acceptlab validate x.toml");
}

TEST_F(FigureLists, ErrorsNameTheLine) {
  EXPECT_EQ(error(replaced("tables =", "tabels =")),
            "f.toml:11: key 'figures[].steps[].tabels' is unknown; did you mean 'tables'?");
  EXPECT_EQ(error(replaced("set = [\"seed=2\"]", "set = \"seed=2\"")),
            "f.toml:9: key 'figures[].steps[].set': must be a list of texts");
  EXPECT_EQ(error(replaced("title = \"Real\"\n", "")),
            "f.toml:18: key 'figures[].title': must be given");
  EXPECT_EQ(error(replaced("name = \"real\"", "name = \"speed\"")),
            "f.toml:18: key 'figures[].name': 'speed' is there twice");
  EXPECT_EQ(error(replaced("name = \"real\"", "name = \"../x\"")),
            "f.toml:18: key 'figures[].name': must be of a-z, 0-9 and _, got '../x'");
}

TEST_F(FigureLists, AStepHasOneSourceAndNoKeyWithoutEffect) {
  EXPECT_EQ(error(replaced("sweep = \"s.toml\"\nset = [\"seed=2\"]", "")),
            "f.toml:6: a step needs one of 'sweep', 'command' and 'folder', got 0");
  EXPECT_EQ(error(replaced("folder = \"../real\"", "command = [\"plan\"]\nfolder = \"../real\"")),
            "f.toml:23: a step needs one of 'sweep', 'command' and 'folder', got 2");
  EXPECT_EQ(error(replaced("made_by", "output")),
            "f.toml:23: 'output' is of steps with 'command'\n"
            "f.toml:23: 'folder' and 'made_by' belong together");
}

TEST_F(FigureLists, MistakesAreToldTogether) {
  EXPECT_EQ(error("name = \"x\"\n"),
            "f.toml: key 'figures': must be given\nf.toml:1: key 'name' is unknown");
}

TEST_F(FigureLists, ChooseByName) {
  const std::vector<Figure> figures = read(kGood);
  EXPECT_EQ(chosen_figures(figures, {}).size(), 2U);
  const std::vector<Figure> one = chosen_figures(figures, {"real"});
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].name, "real");
  try {
    chosen_figures(figures, {"sped"});
    FAIL() << "a wrong name was taken";
  } catch (const ConfigError& e) {
    EXPECT_STREQ(e.what(),
                 "there is no figure 'sped'; did you mean 'speed'?; 'acceptlab figures --list' "
                 "names them");
  }
}

TEST(FigureWords, AreFilledIn) {
  EXPECT_EQ(with_replaced("{here}/a:{here}/b", kHere, "{here}/x"), "{here}/x/a:{here}/x/b");
}

}  // namespace
}  // namespace acceptlab::app
