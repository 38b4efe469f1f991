#include "app/testbed/capacity.h"

#include <gmock/gmock.h>

#include "runtime/base/result.h"

namespace acceptlab::testbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Capacity, ASlowdownIsItsShareOfEveryPeriod) {
  EXPECT_EQ(quota_of(1.0).quota_us, quota_of(1.0).period_us);
  EXPECT_EQ(quota_of(4.0).period_us, 5'000);
  EXPECT_EQ(quota_of(4.0).quota_us, 1'250);
}

TEST(Capacity, PeriodsGrowWhereTheQuotaWouldBeLessThanTheKernelAllows) {
  EXPECT_EQ(quota_of(20.0).period_us, 20'000);
  EXPECT_EQ(quota_of(20.0).quota_us, 1'000);
  EXPECT_EQ(quota_of(1'000.0).period_us, 1'000'000);
}

TEST(Capacity, NoQuotaMakesADeviceFasterThanTheHost) {
  for (const double slowdown : {0.5, 0.0, -1.0, 1'001.0}) {
    try {
      quota_of(slowdown);
      FAIL() << slowdown;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr("slowdown of 1 to 1000"));
    }
  }
}

TEST(Capacity, DevicesAreCarriedWhileTheirSharesFit) {
  EXPECT_DOUBLE_EQ(processors_needed({1.0, 2.0, 4.0}), 1.75);
  EXPECT_TRUE(is_carried(processors_needed({3.0, 3.0, 3.0}), 1));
  EXPECT_TRUE(is_carried(1.75, 2));
  EXPECT_FALSE(is_carried(2.01, 2));
}

TEST(Capacity, ListsOfProcessorsAreAsTheKernelWritesThem) {
  EXPECT_THAT(parse_processors("0").value(), ElementsAre(0));
  EXPECT_THAT(parse_processors("6,0-2,1").value(), ElementsAre(0, 1, 2, 6));
  EXPECT_EQ(processors_text({0, 1, 6}), "0,1,6");
}

TEST(Capacity, AnythingElseIsNoList) {
  for (const char* text : {"", "a", "1,", ",1", "2-1", "1-", "-1", "1 2", "0x1", "99999"}) {
    EXPECT_FALSE(parse_processors(text)) << text;
  }
}

}  // namespace
}  // namespace acceptlab::testbed
