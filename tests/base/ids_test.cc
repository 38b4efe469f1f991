#include "runtime/base/ids.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

namespace acceptlab {
namespace {

template <typename T>
std::string printed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

TEST(Ids, PeopleSeeUnitsFromOneWithBothEnds) {
  EXPECT_EQ(to_string(UnitRange{0, 5}), "1..5");
  EXPECT_EQ(to_string(UnitRange{4, 5}), "5..5");
  EXPECT_EQ(printed(UnitRange{2, 4}), "units 3..4");
  EXPECT_EQ(printed(DeviceId{3}), "device 3");
}

TEST(Ids, RangesKnowTheirSizeAndEnds) {
  const UnitRange range{2, 7};
  EXPECT_EQ(range.size(), 5);
  EXPECT_EQ(range.first_unit(), 3);
  EXPECT_EQ(range.last_unit(), 7);
}

TEST(Ids, RangesAreOrderedByBeginThenEnd) {
  EXPECT_LT((UnitRange{0, 9}), (UnitRange{1, 2}));
  EXPECT_LT((UnitRange{1, 2}), (UnitRange{1, 3}));
  EXPECT_FALSE((UnitRange{1, 3}) < (UnitRange{1, 3}));
  EXPECT_EQ((UnitRange{1, 3}), (UnitRange{1, 3}));
  EXPECT_NE((UnitRange{1, 3}), (UnitRange{1, 4}));
  EXPECT_NE((UnitRange{0, 3}), (UnitRange{1, 3}));
}

TEST(Ids, DevicesAreKeysInTheirOrder) {
  const std::map<DeviceId, char> names = {{DeviceId{2}, 'c'}, {kCentralNode, 'a'}};
  EXPECT_EQ(names.begin()->first, DeviceId{0});
  EXPECT_EQ(names.at(DeviceId{2}), 'c');
  EXPECT_NE(DeviceId{1}, DeviceId{2});
}

}  // namespace
}  // namespace acceptlab
