#include "app/figures/sweep_tables.h"

#include <gtest/gtest.h>

#include <fstream>

#include "results/text_file.h"
#include "runtime/base/result.h"
#include "tests/results/temporary_folder.h"

namespace acceptlab::app {
namespace {

class SweepTables : public testing::Test {
 protected:
  SweepTables() {
    write("sweep.csv", "point,run,status\n1,points/a,ok\n2,points/b,failed: x\n3,points/c,ok\n");
    write("points/a/epochs.csv", "epoch,loss\n0,1.5\n1,1.25\n");
    write("points/b/epochs.csv", "epoch,loss\n0,9\n");
  }
  void write(const std::string& name, const std::string& text) {
    const std::filesystem::path file = folder_.path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }
  std::filesystem::path out() const { return folder_.path() / "all.csv"; }

  const results::TemporaryFolder folder_;
};

TEST_F(SweepTables, HaveThePointInFront) {
  write("points/c/epochs.csv", "epoch,loss\n0,2\n");
  gather_tables(folder_.path(), "epochs.csv", out());
  EXPECT_EQ(results::read_text(out()).value(), "point,epoch,loss\n1,0,1.5\n1,1,1.25\n3,0,2\n");
}

TEST_F(SweepTables, RunsMayLackOne) {
  gather_tables(folder_.path(), "epochs.csv", out());
  EXPECT_EQ(results::read_text(out()).value(), "point,epoch,loss\n1,0,1.5\n1,1,1.25\n");
  std::filesystem::remove(out());
  gather_tables(folder_.path(), "repartitions.csv", out());
  EXPECT_FALSE(std::filesystem::exists(out()));
}

TEST_F(SweepTables, OfOtherColumnsAreRefused) {
  write("points/c/epochs.csv", "epoch\n0\n");
  EXPECT_THROW(gather_tables(folder_.path(), "epochs.csv", out()), ConfigError);
}

TEST_F(SweepTables, TellTheRevisionsOfTheirPoints) {
  write("points/a/manifest.json", R"({"revision": "abc", "scenario_hash": "1"})");
  write("points/c/manifest.json", R"({"revision": "abc", "scenario_hash": "2"})");
  EXPECT_EQ(revisions_of(folder_.path()), std::vector<std::string>{"abc"});
  std::filesystem::remove(folder_.path() / "points/c/manifest.json");
  EXPECT_THROW(revisions_of(folder_.path()), ConfigError);
}

}  // namespace
}  // namespace acceptlab::app
