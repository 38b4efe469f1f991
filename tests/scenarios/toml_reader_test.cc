#include "scenarios/toml_reader.h"

#include <gmock/gmock.h>

#include "tests/scenarios/scenario_text.h"

namespace acceptlab::scenarios {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(TomlReader, KeepsTheOrderOfTheFile) {
  const Table table = parse_toml("zebra = 1\napple = 2\n[m]\nb = 3\na = 4\n", "x.toml");
  ASSERT_EQ(table.size(), 3u);
  EXPECT_EQ(table[0].key, "zebra");
  EXPECT_EQ(table[1].key, "apple");
  const auto& inner = *table[2].value.get<Table>();
  EXPECT_EQ(inner[0].key, "b");
  EXPECT_EQ(inner[1].key, "a");
}

TEST(TomlReader, TellsFileAndLineOfEveryValue) {
  const Table table = parse_toml("a = 1\n\nb = [1,\n 2]\n", "x.toml");
  EXPECT_EQ(find(table, "a")->origin.text, "x.toml:1");
  EXPECT_EQ(find(table, "b")->origin.text, "x.toml:3");
  EXPECT_EQ((*find(table, "b")->get<List>())[1].origin.text, "x.toml:4");
}

TEST(TomlReader, ReportsSyntaxErrorsWithLineAndColumn) {
  const std::string error = error_of([] { parse_toml("a = 1\nb = = 2\n", "x.toml"); });
  EXPECT_THAT(error, StartsWith("x.toml:2: not valid TOML (column 5): "));
}

TEST(TomlReader, RefusesKeysGivenTwice) {
  const std::string error = error_of([] { parse_toml("a = 1\na = 2\n", "x.toml"); });
  EXPECT_THAT(error, StartsWith("x.toml:2: not valid TOML"));
}

TEST(TomlReader, RefusesDates) {
  EXPECT_EQ(error_of([] { parse_toml("a = 2024-01-01\n", "x.toml"); }),
            "x.toml:1: no key takes a date or a time");
}

TEST(TomlReader, ReadsASingleValueWithTheGivenOrigin) {
  const Value value = parse_toml_value("[1, 2.5]", {Origin::Kind::kOverride, "--set a"});
  EXPECT_EQ(value.origin.text, "--set a");
  EXPECT_EQ((*value.get<List>())[1].origin.kind, Origin::Kind::kOverride);
  EXPECT_EQ(*(*value.get<List>())[1].get<double>(), 2.5);
}

TEST(TomlReader, RefusesWhatIsNotASingleValue) {
  const Origin origin{Origin::Kind::kOverride, "--set a"};
  EXPECT_THAT(error_of([&] { parse_toml_value("fast", origin); }),
              StartsWith("--set a: not a TOML value: "));
  EXPECT_THAT(error_of([&] { parse_toml_value("", origin); }), HasSubstr("not a TOML value"));
  EXPECT_EQ(error_of([&] { parse_toml_value("1\nb = 2", origin); }), "--set a: not one TOML value");
}

}  // namespace
}  // namespace acceptlab::scenarios
