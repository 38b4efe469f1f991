#include "results/json_object.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "runtime/base/result.h"

namespace acceptlab::results {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string error_of(const std::string& text) {
  try {
    (void)parse_json(text, "p.json");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(ParseJsonTest, WhatIsNoJsonIsNamedWithItsPlace) {
  EXPECT_THAT(error_of("{\"units\": [{\"a\": 1}, {\"a\": 2,\n\"forward_us\": NaN}]}"),
              AllOf(HasSubstr("p.json: units[1].forward_us: 'NaN' is no JSON: "),
                    HasSubstr("line 2, column 15")));
  EXPECT_THAT(error_of(R"({"a": {"b": [[1], [2, -Infinity]]}})"),
              HasSubstr("p.json: a.b[1][1]: '-Infinity' is no JSON: "));
  EXPECT_THAT(error_of(R"([1, 2, nul])"), HasSubstr("p.json: [2]: 'nul' is no JSON"));
  EXPECT_THAT(error_of(""), HasSubstr("p.json: parse error"));
  EXPECT_THAT(error_of(R"({"a": 1,)"), HasSubstr("p.json: a: parse error"));
}

TEST(ParseJsonTest, ANumberTooLargeForADoubleIsNamedWithItsPlace) {
  EXPECT_THAT(error_of(R"({"a": [0, 1e999]})"),
              AllOf(HasSubstr("p.json: a[1]: "), HasSubstr("1e999")));
}

TEST(ParseJsonTest, AKeyGivenTwiceIsNamedWithItsPlace) {
  EXPECT_EQ(error_of(R"({"a": [{"b": 1}, {"b": {"c": 1, "c": 2}}]})"),
            "p.json: key 'a[1].b.c' is given twice");
  EXPECT_EQ(error_of(R"({"a": {"b": 1}, "c": {"b": 1}})"), "");
}

TEST(JsonObjectTest, AnUnknownKeyIsRefusedWithTheNearestKnownOne) {
  const nlohmann::json json = {{"forward_us", 1}, {"bakward_us", 2}};
  JsonObject object(json, "p.json", "units[3]");
  EXPECT_TRUE(object.has("forward_us"));
  EXPECT_FALSE(object.has("backward_us"));
  try {
    object.finish();
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "p.json: units[3].bakward_us is not a known key; did you mean 'backward_us'?");
  }
}

TEST(JsonObjectTest, NullIsAValue) {
  const nlohmann::json json = {{"limit", nullptr}, {"other", 0}};
  JsonObject object(json, "p.json");
  EXPECT_TRUE(object.has("limit"));
  EXPECT_TRUE(object.is_null("limit"));
  EXPECT_FALSE(object.is_null("other"));
  EXPECT_THROW((void)object.is_null("missing"), ConfigError);
}

}  // namespace
}  // namespace acceptlab::results
