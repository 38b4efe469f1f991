#include "app/process.h"

#include <gtest/gtest.h>

namespace acceptlab::app {
namespace {

TEST(Typed, QuotesWhatAShellWouldReadOtherwise) {
  const std::vector<std::string> words = {"printf", "%s|", "plain-1.5", "a b",  "it's",
                                          "[1, 2]", "*",   "",          "$HOME"};
  EXPECT_EQ(typed({"run", "x.toml", "--set", "a=[1]"}), "run x.toml --set 'a=[1]'");
  const ProgramResult read = run_with_input({"sh"}, typed(words) + "\n");
  EXPECT_EQ(read.code, 0);
  EXPECT_EQ(read.output, "plain-1.5|a b|it's|[1, 2]|*||$HOME|");
}

}  // namespace
}  // namespace acceptlab::app
