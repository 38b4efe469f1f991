#include "scenarios/describe.h"

#include <gmock/gmock.h>

#include <iterator>
#include <sstream>

#include "scenarios/schema.h"
#include "tests/scenarios/scenario_text.h"

namespace acceptlab::scenarios {
namespace {

using testing::HasSubstr;

TEST(Describe, TellsTypeRangeUnitDefaultAndMeaning) {
  EXPECT_THAT(describe_keys(), HasSubstr("\nnetwork.delay_ms\n"
                                         "    number: 0..500 ms; default 1\n"
                                         "    Propagation delay, one way.\n"));
  EXPECT_THAT(describe_keys(), HasSubstr("\nnetwork.links[].from\n    integer: 0..63; required\n"));
}

TEST(Describe, LinesFitATerminal) {
  std::istringstream lines(describe_keys());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

TEST(Describe, TellsWhatAKeyNeeds) {
  EXPECT_THAT(describe_keys(), HasSubstr("\n    Needs schedule.kind = \"1f1b\".\n"));
  EXPECT_THAT(describe_keys(), HasSubstr("\n    Needs codec.forward other than \"none\".\n"));
}

TEST(Describe, HasEveryKeyOnce) {
  const std::string text = describe_keys();
  for (const Key& key : schema()) {
    const std::string heading = "\n" + key.path + "\n";
    const std::string leaf = key.path.substr(key.path.rfind('.') + 1);
    const bool as_default =
        key.path.rfind("network.links[].", 0) == 0 && find_key("network." + leaf) != nullptr;
    EXPECT_EQ(text.find(heading) != std::string::npos, !as_default) << key.path;
    EXPECT_EQ(text.find(heading), text.rfind(heading)) << key.path;
  }
}

// scenarios/keys.txt is this text for readers without the program.
TEST(Describe, KeysFileIsUpToDate) {
  std::ifstream in(ACCEPTLAB_SOURCE_DIR "/scenarios/keys.txt");
  const std::string file{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_EQ(file, describe_keys())
      << "write the output of `acceptlab schema` to scenarios/keys.txt";
}

}  // namespace
}  // namespace acceptlab::scenarios
