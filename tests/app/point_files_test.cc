#include "app/point_files.h"

#include <gtest/gtest.h>

#include "tests/results/temporary_folder.h"

namespace acceptlab::app {
namespace {

TEST(PointFiles, AFolderIsNamedByNumberAndValues) {
  scenarios::SweepPoint point;
  point.index = 6;
  point.values = {{"method", "ftpipehd+codec"}, {"partition.cuts", "[4, 9]"}};
  EXPECT_EQ(point_name(point), "0007_method=ftpipehd+codec_cuts=_4__9_");
}

TEST(PointFiles, NamesStayShorterThanTheFileSystemAllows) {
  scenarios::SweepPoint point;
  for (int i = 0; i < 50; ++i) point.values.emplace_back("devices[0].name", "somebody");
  EXPECT_EQ(point_name(point).size(), 120u);
}

TEST(PointFiles, TheLastLineThatSaysAnythingIsFound) {
  const results::TemporaryFolder folder;
  results::write_file(folder.path() / "log", "first\nlast\n\n");
  EXPECT_EQ(last_line_of(folder.path() / "log"), "last");
  EXPECT_EQ(last_line_of(folder.path() / "none"), "ended without a message");
}

}  // namespace
}  // namespace acceptlab::app
