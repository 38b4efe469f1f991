#include "results/run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/temporary_folder.h"

namespace acceptlab::results {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

TEST(RunFolderTest, HasItsNameOnlyOncePublished) {
  const TemporaryFolder folder;
  const fs::path wanted = folder.path() / "runs" / "a";
  auto run = RunFolder::create(wanted);
  ASSERT_TRUE(run.ok()) << run.error().message;
  RunFolder open = std::move(run).value();
  write_file(open.path() / "x", "1");
  EXPECT_FALSE(fs::exists(wanted));
  EXPECT_TRUE(fs::exists(folder.path() / "runs" / "a.partial" / "x"));
  ASSERT_TRUE(open.publish().ok());
  EXPECT_EQ(content_of(wanted / "x"), "1");
  EXPECT_EQ(open.path(), wanted);
  EXPECT_FALSE(fs::exists(folder.path() / "runs" / "a.partial"));
}

TEST(RunFolderTest, ATrailingSlashNamesTheSameFolder) {
  const TemporaryFolder folder;
  const auto run = RunFolder::create(folder.path() / "a" / "");
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run.value().path(), folder.path() / "a.partial");
}

TEST(RunFolderTest, ExistingResultsAreNotOverwritten) {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "a");
  const auto run = RunFolder::create(folder.path() / "a");
  ASSERT_FALSE(run.ok());
  EXPECT_THAT(run.error().message, HasSubstr("already exists"));
}

TEST(RunFolderTest, AnInterruptedRunMustBeRemovedFirst) {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "a.partial");
  const auto run = RunFolder::create(folder.path() / "a");
  ASSERT_FALSE(run.ok());
  EXPECT_THAT(run.error().message, HasSubstr("a.partial: exists"));
}

TEST(RunFolderTest, AFolderThatAppearedMeanwhileIsKept) {
  const TemporaryFolder folder;
  auto run = RunFolder::create(folder.path() / "a");
  RunFolder open = std::move(run).value();
  fs::create_directory(folder.path() / "a");
  EXPECT_FALSE(open.publish().ok());
  EXPECT_TRUE(fs::exists(folder.path() / "a.partial"));
}

TEST(RunFolderTest, AnEmptyNameIsRefused) { EXPECT_FALSE(RunFolder::create("").ok()); }

}  // namespace
}  // namespace acceptlab::results
