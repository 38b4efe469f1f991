#include "results/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "tests/results/temporary_folder.h"

namespace acceptlab::results {
namespace {

using namespace acceptlab::literals;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(FormatTest, DurationsAreWrittenToTheNanosecond) {
  EXPECT_EQ(format_ms(1234567890ns), "1234.567890");
  EXPECT_EQ(format_ms(1ns), "0.000001");
  EXPECT_EQ(format_ms(Duration(-1500000)), "-1.500000");
  EXPECT_EQ(format_us(1234567ns), "1234.567");
  EXPECT_EQ(format_seconds(1ns), "0.000000001");
  EXPECT_EQ(format_ms(Duration::min()), "-9223372036854.775808");
}

TEST(FormatTest, NumbersThatAreNotFiniteHaveOneSpellingEach) {
  EXPECT_EQ(format_fixed(std::nan(""), 3), "nan");
  EXPECT_EQ(format_fixed(-std::nan(""), 3), "nan");
  EXPECT_EQ(format_fixed(std::numeric_limits<double>::infinity(), 3), "inf");
  EXPECT_EQ(format_fixed(-std::numeric_limits<double>::infinity(), 3), "-inf");
}

TEST(FormatTest, ZeroHasNoSign) {
  EXPECT_EQ(format_fixed(-0.0, 2), "0.00");
  EXPECT_EQ(format_fixed(-0.001, 2), "0.00");
  EXPECT_EQ(format_fixed(-0.01, 2), "-0.01");
  EXPECT_EQ(format_fixed(-10.0, 0), "-10");
}

TEST(CsvTest, FieldsWithCommasQuotesAndLineEndsSurvive) {
  const TemporaryFolder folder;
  const std::vector<std::string> fields{"a,b", "say \"hi\"", "two\nlines", ""};
  {
    CsvFile file(folder.path() / "t.csv", {"w", "x", "y", "z"});
    file.row(fields);
    EXPECT_TRUE(file.good());
  }
  const auto table = read_csv(folder.path() / "t.csv");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_THAT(table.value().columns, ElementsAre("w", "x", "y", "z"));
  EXPECT_THAT(table.value().rows, ElementsAre(fields));
}

TEST(CsvTest, EachRowIsInTheFileBeforeTheFileIsClosed) {
  const TemporaryFolder folder;
  CsvFile file(folder.path() / "t.csv", {"a", "b"});
  EXPECT_EQ(content_of(folder.path() / "t.csv"), "a,b\n");
  file.row({"1", "2"});
  EXPECT_EQ(content_of(folder.path() / "t.csv"), "a,b\n1,2\n");
}

TEST(CsvTest, ALineCutOffByAKillIsDropped) {
  const TemporaryFolder folder;
  write_file(folder.path() / "t.csv", "a,b\n1,2\n3");
  const auto table = read_csv(folder.path() / "t.csv");
  ASSERT_TRUE(table.ok());
  EXPECT_THAT(table.value().rows, ElementsAre(ElementsAre("1", "2")));
}

TEST(CsvTest, ARowOfAnotherLengthIsRefused) {
  const TemporaryFolder folder;
  write_file(folder.path() / "t.csv", "a,b\n1,2\n1,2,3\n");
  const auto table = read_csv(folder.path() / "t.csv");
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().kind, ErrorKind::kCorrupt);
  EXPECT_THAT(table.error().message, HasSubstr("record 2 has 3 fields, the header has 2"));
}

TEST(CsvTest, AMissingFileIsAnErrorThatNamesIt) {
  const auto table = read_csv("no/such/file.csv");
  ASSERT_FALSE(table.ok());
  EXPECT_THAT(table.error().message, HasSubstr("no/such/file.csv"));
}

TEST(CsvTest, AnUnwritableFileIsNotGood) {
  const TemporaryFolder folder;
  const CsvFile file(folder.path() / "missing" / "t.csv", {"a"});
  EXPECT_FALSE(file.good());
}

TEST(CsvTest, AColumnThatIsNotThereReadsAsEmpty) {
  const CsvTable table{{"a"}, {{"1"}}};
  EXPECT_EQ(table.at(0, "a"), "1");
  EXPECT_EQ(table.at(0, "b"), "");
}

TEST(ReadCsv, TakesFilesOfOthers) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "t.csv", std::ios::binary) << "a,b\r\n1,\"x\r\ny\"\r\n3,4";
  const auto cut = read_csv(folder.path() / "t.csv");
  ASSERT_TRUE(cut.ok());
  EXPECT_EQ(cut.value().columns, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(cut.value().rows.size(), 1U);
  EXPECT_EQ(cut.value().rows[0][1], "x\r\ny");
  const auto whole = read_csv(folder.path() / "t.csv", LastLine::kIsWhole);
  ASSERT_TRUE(whole.ok());
  ASSERT_EQ(whole.value().rows.size(), 2U);
  EXPECT_EQ(whole.value().rows[1], (std::vector<std::string>{"3", "4"}));
}

}  // namespace
}  // namespace acceptlab::results
