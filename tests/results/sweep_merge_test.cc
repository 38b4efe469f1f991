#include "results/sweep_merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "results/sweep_csv.h"
#include "results/sweep_manifest.h"
#include "runtime/base/result.h"
#include "tests/results/temporary_folder.h"

namespace acceptlab::results {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr int kPoints = 5;

// A sweep of five points over "seed", as `acceptlab sweep` leaves it.
struct MadeUpSweep {
  std::string revision = "r1";
  std::vector<std::string> hashes{"h1", "h2", "h3", "h4", "h5"};
  std::map<int, std::string> errors;  // of points that failed; "": not run yet

  fs::path write(const fs::path& folder, Shard shard) const {
    std::vector<SweepRow> rows;
    for (int point = 1; point <= kPoints; ++point) {
      if (!shard.holds(point)) continue;
      SweepRow row;
      row.index = point;
      row.values = {{"seed", std::to_string(point)}};
      const auto failed = errors.find(point);
      if (failed == errors.end()) {
        row.run = "points/000" + std::to_string(point);
        row.summary.emplace();
        row.summary->time_per_batch_ms = point;
        write_run(folder / row.run, point);
      } else {
        row.error = failed->second;
      }
      rows.push_back(row);
    }
    fs::create_directories(folder);
    EXPECT_TRUE(write_sweep(folder, rows).ok());
    EXPECT_TRUE(write_sweep_manifest(folder, {shard, hashes}).ok());
    return folder;
  }

 private:
  void write_run(const fs::path& folder, int point) const {
    fs::create_directories(folder / "checkpoints");
    write_file(folder / "manifest.json", R"({"scenario_hash": ")" +
                                             hashes[static_cast<std::size_t>(point - 1)] +
                                             R"(", "revision": ")" + revision + "\"}");
    write_file(folder / "checkpoints" / "epoch_1.ckpt", std::to_string(point));
  }
};

class SweepMerge : public testing::Test {
 protected:
  // What is wrong with merging these; nothing is left behind.
  std::string refusal(const std::vector<fs::path>& shards) {
    try {
      merge_sweeps(shards, out_);
    } catch (const ConfigError& error) {
      EXPECT_FALSE(fs::exists(out_));
      EXPECT_FALSE(fs::exists(out_.string() + ".partial"));
      return error.what();
    }
    ADD_FAILURE() << "merged";
    return "";
  }

  const TemporaryFolder folder_;
  const fs::path a_ = folder_.path() / "a";
  const fs::path b_ = folder_.path() / "b";
  const fs::path out_ = folder_.path() / "merged";
  MadeUpSweep sweep_;
};

TEST_F(SweepMerge, GivesTheSweepRunInOnePiece) {
  const fs::path whole = sweep_.write(folder_.path() / "whole", {1, 1});
  // In any order.
  EXPECT_EQ(merge_sweeps({sweep_.write(b_, {2, 2}), sweep_.write(a_, {1, 2})}, out_), 0);
  EXPECT_EQ(content_of(out_ / "sweep.csv"), content_of(whole / "sweep.csv"));
  EXPECT_EQ(content_of(out_ / "sweep.json"), content_of(whole / "sweep.json"));
  for (int point = 1; point <= kPoints; ++point) {
    const fs::path run = fs::path("points") / ("000" + std::to_string(point));
    EXPECT_EQ(content_of(out_ / run / "manifest.json"), content_of(whole / run / "manifest.json"));
    EXPECT_EQ(content_of(out_ / run / "checkpoints" / "epoch_1.ckpt"), std::to_string(point));
  }
}

TEST_F(SweepMerge, KeepsWhyAPointFailed) {
  sweep_.errors[4] = "a link, \"b\", stalled";
  const fs::path whole = sweep_.write(folder_.path() / "whole", {1, 1});
  EXPECT_EQ(merge_sweeps({sweep_.write(a_, {1, 2}), sweep_.write(b_, {2, 2})}, out_), 1);
  EXPECT_EQ(content_of(out_ / "sweep.csv"), content_of(whole / "sweep.csv"));
}

TEST_F(SweepMerge, NamesThePointsThatAreMissing) {
  EXPECT_THAT(refusal({sweep_.write(a_, {1, 2})}), HasSubstr("2 of 5 points are missing (2, 4)"));
  sweep_.errors[4] = "";
  EXPECT_THAT(refusal({a_, sweep_.write(b_, {2, 2})}), HasSubstr("1 of 5 points are missing (4)"));
}

TEST_F(SweepMerge, NamesAPointThatIsThereTwice) {
  EXPECT_THAT(refusal({sweep_.write(a_, {1, 2}), sweep_.write(b_, {1, 1})}),
              HasSubstr("point 1 is in " + a_.string() + " and in " + b_.string()));
}

TEST_F(SweepMerge, RefusesShardsOfDifferentSweeps) {
  sweep_.write(a_, {1, 2});
  sweep_.hashes[2] = "other";
  EXPECT_THAT(refusal({a_, sweep_.write(b_, {2, 2})}),
              HasSubstr("their point 3 is not the same scenario"));
  sweep_.hashes.emplace_back("h6");
  EXPECT_THAT(refusal({a_, sweep_.write(b_, {2, 2})}), HasSubstr("of 5 and of 6 points"));
}

TEST_F(SweepMerge, RefusesShardsOfDifferentRevisions) {
  sweep_.write(a_, {1, 2});
  sweep_.revision = "r2";
  const std::string message = refusal({a_, sweep_.write(b_, {2, 2})});
  EXPECT_THAT(message, HasSubstr("by revision r1"));
  EXPECT_THAT(message, HasSubstr("by r2"));
}

TEST_F(SweepMerge, RefusesAResultOfAnotherScenario) {
  sweep_.write(a_, {1, 2});
  sweep_.write(b_, {2, 2});
  write_file(b_ / "points" / "0002" / "manifest.json",
             R"({"scenario_hash": "else", "revision": "r1"})");
  EXPECT_THAT(refusal({a_, b_}), HasSubstr("is not the result of point 2"));
}

TEST_F(SweepMerge, DoesNotLeaveTheFolderOfTheSweep) {
  sweep_.write(a_, {1, 2});
  sweep_.write(b_, {2, 2});
  std::string table = content_of(b_ / "sweep.csv");
  table.replace(table.find("points/0002"), 11, "points/../x");
  write_file(b_ / "sweep.csv", table);
  EXPECT_THAT(refusal({a_, b_}), HasSubstr("points/../x"));
}

TEST_F(SweepMerge, RefusesFoldersThatAreNoSweepAndAnOutThatExists) {
  fs::create_directory(a_);
  EXPECT_THAT(refusal({a_}), HasSubstr("is not the folder of a sweep"));
  sweep_.write(b_, {1, 1});
  fs::create_directory(out_);
  EXPECT_THROW(merge_sweeps({b_}, out_), ConfigError);
  EXPECT_TRUE(fs::is_empty(out_));
}

}  // namespace
}  // namespace acceptlab::results
