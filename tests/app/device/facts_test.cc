#include "app/device/facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace acceptlab::app {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(Facts, AreThoseOfAGreetingAndNothingElse) {
  const json facts = {{"revision", "1"}};
  EXPECT_EQ(facts_of({"hello", {{"facts", facts}}}), facts);
  for (const json& greeting :
       {json::object(), json({{"facts", "1"}}), json({{"facts", nullptr}})}) {
    EXPECT_THROW(facts_of({"hello", greeting}), std::runtime_error) << greeting;
  }
}

TEST(Facts, DifferenceNamesBothSides) {
  const json one = {{"revision", "1"}, {"zeromq", "4"}};
  EXPECT_EQ(facts_difference(one, "a", one, "b"), "");
  EXPECT_EQ(facts_difference(one, "a", {{"revision", "2"}, {"zeromq", "4"}}, "b"),
            "revision differs: a has \"1\", b has \"2\"");
  EXPECT_EQ(facts_difference(one, "a", {{"revision", "1"}}, "b"),
            "zeromq differs: a has \"4\", b has nothing");
}

TEST(Facts, DifferenceIsTextWhateverAPeerSays) {
  const json broken = {{"revision", "\xff"}};
  EXPECT_THAT(facts_difference({{"revision", "1"}}, "a", broken, "b"), HasSubstr("\xef\xbf\xbd"));
}

}  // namespace
}  // namespace acceptlab::app
