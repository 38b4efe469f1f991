#include "runtime/snapshot_store.h"

#include <gtest/gtest.h>

namespace acceptlab {
namespace {

Payload bytes(std::uint8_t value) { return Payload::of({value}); }

TEST(SnapshotStoreTest, TellsWhatItHoldsInRuns) {
  SnapshotStore store;
  for (const int unit : {4, 1, 2})
    store.keep({1, 10}, unit, bytes(static_cast<std::uint8_t>(unit)));
  store.keep({1, 20}, 5, bytes(5));
  const std::vector<HeldUnits> held = store.held();
  ASSERT_EQ(held.size(), 3u);
  EXPECT_EQ(held[0].snapshot, (SnapshotId{1, 10}));
  EXPECT_EQ(held[0].units, (UnitRange{1, 3}));
  EXPECT_EQ(held[1].units, (UnitRange{4, 5}));
  EXPECT_EQ(held[2].snapshot, (SnapshotId{1, 20}));
  EXPECT_EQ(held[2].units, (UnitRange{5, 6}));
  EXPECT_EQ(store.find({1, 10}, 2)->bytes()[0], 2);
  EXPECT_FALSE(store.find({1, 10}, 3).has_value());
  EXPECT_FALSE(store.find({2, 10}, 2).has_value());
}

TEST(SnapshotStoreTest, RefusesPartsOfADroppedSnapshotThatArriveLate) {
  SnapshotStore store;
  store.keep({1, 10}, 0, bytes(0));
  store.drop({1, 10});
  store.keep({1, 10}, 1, bytes(1));
  store.keep({1, 5}, 1, bytes(1));  // older still
  EXPECT_TRUE(store.held().empty());
  store.keep({1, 20}, 1, bytes(1));
  store.keep({2, 5}, 1, bytes(1));  // after a return: of another term
  EXPECT_EQ(store.held().size(), 2u);
}

}  // namespace
}  // namespace acceptlab
