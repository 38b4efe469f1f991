#include "runtime/base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace acceptlab {
namespace {

Result<std::string> read(bool works) {
  if (works) return std::string("content");
  return Error{ErrorKind::kTimeout, "no answer in 3 s"};
}

TEST(Result, HoldsAValue) {
  const Result<std::string> result = read(true);
  EXPECT_TRUE(result.ok());
  EXPECT_TRUE(result);
  EXPECT_EQ(result.value(), "content");
}

TEST(Result, HoldsTheErrorInsteadOfTheValue) {
  const Result<std::string> result = read(false);
  EXPECT_FALSE(result.ok());
  EXPECT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::kTimeout);
  EXPECT_EQ(result.error().message, "no answer in 3 s");
}

TEST(Result, GivesAwayAValueThatCannotBeCopied) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 5);
}

TEST(ResultDeathTest, AskingForWhatIsNotThereBreaksAnInvariant) {
  EXPECT_DEATH(static_cast<void>(read(false).value()), "result.h.*invariant broken: ok()");
  EXPECT_DEATH(static_cast<void>(read(true).error()), "result.h.*invariant broken: !ok()");
}

TEST(Result, ConfigErrorCarriesItsMessage) {
  try {
    throw ConfigError("lte.trace:812: timestamps decrease (41, 40)");
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "lte.trace:812: timestamps decrease (41, 40)");
  }
}

}  // namespace
}  // namespace acceptlab
