#include "runtime/snapshot_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "tests/fakes/scripted_replanner.h"

namespace acceptlab {
namespace {

using fakes::plan_up_to;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr int kUnits = 4;
const std::vector<DeviceId> kDevices = {DeviceId{0}, DeviceId{1}, DeviceId{2}};

class SnapshotLedgerTest : public testing::Test {
 protected:
  SnapshotLedgerTest() : ledger(Snapshot{}, kUnits) {}

  void add(SnapshotId id) {
    Snapshot snapshot;
    snapshot.id = id;
    snapshot.batch = static_cast<int>(id.version);
    ReplicationSample record;
    record.snapshot = id;
    ledger.add(snapshot, record, 3);
  }
  // Units [begin, end) are on the device. Returns who is told to drop what.
  std::vector<std::pair<int, std::int64_t>> copied(int device, SnapshotId id, UnitRange units) {
    Frame frame;
    frame.snapshot = id;
    frame.units = units;
    frame.fetched = Bytes(10);
    Effects out;
    ledger.copied(TimePoint(Duration(7)), DeviceId{device}, frame, kDevices, out);
    return drops(out);
  }
  std::vector<std::pair<int, std::int64_t>> drops(const Effects& out) {
    std::vector<std::pair<int, std::int64_t>> told;
    for (const Effect& effect : out.list()) {
      if (const auto* sent = std::get_if<SendFrame>(&effect)) {
        told.emplace_back(sent->to.value, sent->frame.snapshot.version);
      }
      if (const auto* record = std::get_if<ReplicationSample>(&effect)) records.push_back(*record);
    }
    return told;
  }
  // On each unit's owner (units 0..1, 2 and 3 on devices 0, 1, 2) and on the device behind.
  std::vector<std::pair<int, std::int64_t>> make_whole(SnapshotId id) {
    copied(0, id, {0, 2});
    copied(1, id, {0, 3});
    copied(2, id, {2, 4});
    return copied(0, id, {3, 4});
  }

  SnapshotLedger ledger;
  std::vector<ReplicationSample> records;
};

TEST_F(SnapshotLedgerTest, AWholeSnapshotReplacesTheOneBefore) {
  add({0, 10});
  EXPECT_THAT(make_whole({0, 10}), IsEmpty());  // the start of the run needs no dropping
  add({0, 20});
  EXPECT_THAT(copied(0, {0, 20}, {0, 4}), IsEmpty());
  EXPECT_THAT(copied(1, {0, 20}, {0, 3}), IsEmpty());
  EXPECT_THAT(copied(1, {0, 20}, {3, 4}), ElementsAre(Pair(0, 10), Pair(1, 10), Pair(2, 10)));
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].snapshot, (SnapshotId{0, 10}));
  EXPECT_EQ(records[0].copied, Bytes(40));
  EXPECT_TRUE(records[0].whole.has_value());
}

TEST_F(SnapshotLedgerTest, TheCentralNodeKeepsTheNewestThatItHasInFull) {
  add({0, 10});
  make_whole({0, 10});
  copied(0, {0, 10}, {2, 3});  // the central node has all of it now
  add({0, 20});
  EXPECT_THAT(make_whole({0, 20}), ElementsAre(Pair(1, 10), Pair(2, 10)));
  add({0, 30});
  EXPECT_THAT(make_whole({0, 30}), ElementsAre(Pair(0, 20), Pair(1, 20), Pair(2, 20)));
  EXPECT_THAT(copied(0, {0, 30}, {2, 3}), ElementsAre(Pair(0, 10)));
}

TEST_F(SnapshotLedgerTest, TheNewestOfWhichSomebodyHasEachUnitIsChosen) {
  add({0, 10});
  add({0, 20});
  const Plan plan = plan_up_to({{0, 1}, {2, 4}});
  Holdings holdings;
  holdings[DeviceId{0}] = {{{0, 10}, {0, 2}}, {{0, 20}, {0, 2}}};
  holdings[DeviceId{2}] = {{{0, 10}, {1, 4}}, {{0, 20}, {3, 4}}};
  const SnapshotLedger::Choice choice = ledger.newest_in(holdings, plan);
  EXPECT_EQ(choice.snapshot.id, (SnapshotId{0, 10})) << "nobody has unit 2 of the newer one";
  ASSERT_EQ(choice.sources.size(), 2u);
  EXPECT_EQ(choice.sources[0].holder, DeviceId{0});
  EXPECT_EQ(choice.sources[0].units, (UnitRange{0, 1}));
  EXPECT_EQ(choice.sources[1].holder, DeviceId{2});
  EXPECT_EQ(choice.sources[1].units, (UnitRange{1, 4}));
  holdings[DeviceId{2}].clear();
  EXPECT_EQ(ledger.newest_in(holdings, plan).snapshot.id, (SnapshotId{0, 0}));
  EXPECT_THAT(ledger.newest_in(holdings, plan).sources, IsEmpty());
}

TEST_F(SnapshotLedgerTest, WhatIsNewerThanTheReturnIsForgottenAndDropped) {
  add({0, 10});
  add({0, 20});
  Holdings holdings;
  holdings[DeviceId{1}] = {{{0, 10}, {0, 4}}, {{0, 20}, {0, 1}}, {{9, 5}, {0, 1}}};
  Effects out;
  ledger.rewind({0, 10}, holdings, out);
  EXPECT_THAT(drops(out), ElementsAre(Pair(1, 20), Pair(1, 5)));
  EXPECT_EQ(records.size(), 1u);
  EXPECT_FALSE(records[0].whole.has_value());
  EXPECT_EQ(ledger.newest_in(holdings, plan_up_to({{0, 4}})).snapshot.id, (SnapshotId{0, 10}));
}

}  // namespace
}  // namespace acceptlab
