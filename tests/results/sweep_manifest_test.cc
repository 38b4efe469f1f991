#include "results/sweep_manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/temporary_folder.h"

namespace acceptlab::results {
namespace {

using testing::HasSubstr;

TEST(Shard, HoldsEveryNthPointFromTheIthOn) {
  const Shard shard{2, 3};
  std::vector<int> held;
  for (int point = 1; point <= 8; ++point) {
    if (shard.holds(point)) held.push_back(point);
  }
  EXPECT_EQ(held, (std::vector<int>{2, 5, 8}));
}

TEST(Shard, IsReadAsItIsWritten) {
  const Result<Shard> shard = parse_shard("3/12");
  ASSERT_TRUE(shard.ok());
  EXPECT_EQ(to_string(shard.value()), "3/12");
}

TEST(Shard, RefusesWhatIsNoPartOfAWhole) {
  for (const char* text : {"", "1", "/", "1/", "/2", "0/2", "3/2", "-1/2", "1/2/3", "1 /2", "a/b",
                           "1/99999999999", "1.0/2"}) {
    const Result<Shard> shard = parse_shard(text);
    ASSERT_FALSE(shard.ok()) << text;
    EXPECT_THAT(shard.error().message, HasSubstr(std::string("got '") + text + "'"));
  }
}

TEST(SweepManifest, IsReadAsItIsWritten) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_sweep_manifest(folder.path(), {{2, 3}, {"cafe", "beef"}}).ok());
  EXPECT_EQ(content_of(folder.path() / "sweep.json"),
            "{\n  \"format\": \"acceptlab-sweep\",\n  \"version\": 1,\n  \"shard\": \"2/3\",\n"
            "  \"scenario_hashes\": [\n    \"cafe\",\n    \"beef\"\n  ]\n}\n");
  const auto read = read_sweep_manifest(folder.path());
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().shard, (Shard{2, 3}));
  EXPECT_EQ(read.value().scenario_hashes, (std::vector<std::string>{"cafe", "beef"}));
}

TEST(SweepManifest, SaysWhatIsWrongWithAFolder) {
  const TemporaryFolder folder;
  EXPECT_THAT(read_sweep_manifest(folder.path()).error().message, HasSubstr("no sweep.json"));
  write_file(
      folder.path() / "sweep.json",
      R"({"format": "acceptlab-sweep", "version": 1, "shard": "5/3", "scenario_hashes": []})");
  EXPECT_THAT(read_sweep_manifest(folder.path()).error().message, HasSubstr("5/3"));
  write_file(folder.path() / "sweep.json", R"({"format": "acceptlab-run"})");
  EXPECT_THAT(read_sweep_manifest(folder.path()).error().message, HasSubstr("acceptlab-sweep"));
}

}  // namespace
}  // namespace acceptlab::results
