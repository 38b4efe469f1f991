#include "app/testbed/command_stream.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "tests/results/temporary_folder.h"

namespace acceptlab::testbed {
namespace {

TEST(CommandStream, ReadsEverythingBeforeItEnds) {
  const results::TemporaryFolder folder;
  const auto log = folder.path() / "log";
  {
    CommandStream stream({"cat"}, log);
    stream.say("one\n");
    stream.say("two\n");
  }
  EXPECT_EQ(results::content_of(log), "one\ntwo\n");
}

TEST(CommandStream, ReportsWhatMadeItEnd) {
  const results::TemporaryFolder folder;
  CommandStream stream({"sh", "-c", "read line; echo \"bad $line\"; exit 1"},
                       folder.path() / "log");
  std::string reported;
  // The program ends some time after the command that it cannot do.
  for (int i = 0; i < 10'000'000 && reported.empty(); ++i) {
    try {
      stream.say("command\n");
    } catch (const std::runtime_error& error) {
      reported = error.what();
    }
  }
  EXPECT_THAT(reported, testing::HasSubstr("bad command"));
}

}  // namespace
}  // namespace acceptlab::testbed
