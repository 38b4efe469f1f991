#include "app/process.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

#include "tests/results/temporary_folder.h"

namespace acceptlab::app {
namespace {

using testing::HasSubstr;

TEST(Process, GivesItsInputAndTakesItsOutput) {
  const ProgramResult result =
      run_with_input({"sh", "-c", "cat; echo wrong >&2; exit 3"}, "text\n");
  EXPECT_EQ(result.code, 3);
  EXPECT_EQ(result.output, "text\nwrong\n");
}

TEST(Process, SaysWhyAProgramCannotRun) {
  const ProgramResult result = run_with_input({"/no/such/program"}, "");
  EXPECT_EQ(result.code, 127);
  EXPECT_THAT(result.output, HasSubstr("No such file"));
}

TEST(Process, SaysWhyItsPreparationFailed) {
  const results::TemporaryFolder folder;
  Program program;
  program.words = {"true"};
  program.log = folder.path() / "log";
  program.prepare = [] { throw std::runtime_error("no such place"); };
  EXPECT_EQ(run_program(program), 126);
  EXPECT_EQ(results::content_of(program.log), "true: no such place\n");
}

TEST(Process, IsKilledWithItsObject) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  {
    Program program;
    program.words = {"sleep", "1000"};
    const Process process(program);
    close(ends[1]);
  }
  char byte = 0;  // the program held the other end
  EXPECT_EQ(read(ends[0], &byte, 1), 0);
  close(ends[0]);
}

TEST(Process, TellsTheSignalThatEndedIt) {
  Program program;
  program.words = {"sleep", "1000"};
  Process process(program);
  EXPECT_FALSE(process.poll());
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 128 + SIGTERM);
  EXPECT_EQ(process.poll(), 128 + SIGTERM);
  process.signal(SIGTERM);  // has ended: reaches nobody
}

}  // namespace
}  // namespace acceptlab::app
