#include "app/testbed/owner.h"

#include <gmock/gmock.h>

namespace acceptlab::testbed {
namespace {

using testing::ElementsAre;

TEST(Owner, ThisProcessIsAlive) {
  EXPECT_TRUE(is_alive(this_process()));
  EXPECT_GT(this_process().start_ticks, 0u);
}

TEST(Owner, AnotherProcessWithTheSameIdIsNotTheOwner) {
  Owner earlier = this_process();
  --earlier.start_ticks;
  EXPECT_FALSE(is_alive(earlier));
}

TEST(Owner, ItsTagNamesIt) {
  const std::optional<Owner> owner = owner_of(tag_of({12, 345}) + "-2");
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->pid, 12);
  EXPECT_EQ(owner->start_ticks, 345u);
  EXPECT_TRUE(owner_of("acceptlab-12-345"));
}

TEST(Owner, NamesOfOthersHaveNone) {
  for (const char* name :
       {"", "blue", "acceptlab", "acceptlab-", "acceptlab-12", "acceptlab-12-", "acceptlab-x-1",
        "acceptlab-12-345x", "acceptlab--12-3", "myacceptlab-12-345", "acceptlab-0-1"}) {
    EXPECT_FALSE(owner_of(name)) << name;
  }
}

TEST(Owner, OnlyWhatTheDeadHaveLeftIsAbandoned) {
  Owner dead = this_process();
  --dead.start_ticks;
  const std::string gone = tag_of(dead) + "-0";
  EXPECT_THAT(abandoned({"blue", tag_of(this_process()) + "-0", gone}), ElementsAre(gone));
}

}  // namespace
}  // namespace acceptlab::testbed
