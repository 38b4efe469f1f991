#include "scenarios/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "scenarios/toml_reader.h"

namespace acceptlab::scenarios {
namespace {

Value number(double value) { return {value, {}}; }

TEST(Value, WritesNumbersShortAndExact) {
  EXPECT_EQ(toml_text(100.0), "100");
  EXPECT_EQ(toml_text(0.1), "0.1");
  EXPECT_EQ(toml_text(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(toml_text(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(toml_text(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(toml_text(std::nan("")), "nan");
}

TEST(Value, WritesTextThatReadsBackTheSame) {
  const std::string text = "a \"quoted\" back\\slash\n\ttab \x7f";
  const Value read = parse_toml_value(toml_text(text), {});
  ASSERT_NE(read.get<std::string>(), nullptr);
  EXPECT_EQ(*read.get<std::string>(), text);
}

TEST(Value, WritesListsAndTablesOnOneLine) {
  const Value value = parse_toml_value("[[0, 1.5], {a = true, b = \"c\"}, []]", {});
  EXPECT_EQ(toml_text(value), "[[0, 1.5], { \"a\" = true, \"b\" = \"c\" }, []]");
}

TEST(Value, SpeaksOfValuesInMessages) {
  EXPECT_EQ(spoken(number(-5)), "-5");
  EXPECT_EQ(spoken({std::string("fast"), {}}), "the string \"fast\"");
  EXPECT_EQ(spoken({true, {}}), "true");
  EXPECT_EQ(spoken({List{}, {}}), "an empty list");
  EXPECT_EQ(spoken({List{number(1)}, {}}), "the list [1]");
  EXPECT_EQ(spoken({Table{}, {}}), "a table");
}

}  // namespace
}  // namespace acceptlab::scenarios
