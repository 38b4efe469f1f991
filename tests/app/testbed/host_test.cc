#include "app/testbed/host.h"

#include <gmock/gmock.h>

#include "app/testbed/affinity.h"

namespace acceptlab::testbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSubsetOf;

TEST(Host, WithEverythingLacksNothing) {
  EXPECT_TRUE(missing({true, true, true, true, true}).empty());
}

TEST(Host, SaysWhatIsMissingAndWhatHelps) {
  EXPECT_THAT(missing({false, true, false, true, true}),
              ElementsAre(HasSubstr("root"), HasSubstr("'tc' (Debian: package iproute2)")));
  EXPECT_THAT(missing({true, true, true, true, false}),
              ElementsAre(HasSubstr("systemd.unified_cgroup_hierarchy=0")));
}

TEST(Host, EveryCoreHasOneOfTheProcessorsThatThisProcessMayUse) {
  const std::vector<int> chosen = one_processor_per_core();
  ASSERT_FALSE(chosen.empty());
  EXPECT_THAT(chosen, IsSubsetOf(allowed_processors()));
}

TEST(Host, KeepingOffProcessorsEndsWithTheObject) {
  const std::vector<int> before = allowed_processors();
  {
    const KeepOff off({before.front()});
    if (before.size() > 1) {
      EXPECT_EQ(allowed_processors(), std::vector<int>(before.begin() + 1, before.end()));
    } else {
      EXPECT_EQ(allowed_processors(), before);
    }
  }
  EXPECT_EQ(allowed_processors(), before);
}

}  // namespace
}  // namespace acceptlab::testbed
