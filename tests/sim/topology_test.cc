#include "sim/topology.h"

#include <gmock/gmock.h>

#include "runtime/base/result.h"
#include "tests/sim/network_world.h"

namespace acceptlab::sim {
namespace {
using namespace literals;
using ::testing::ElementsAre;

TEST(RouteTable, TakesTheFewestLinks) {
  std::vector<LinkSpec> links = chain(4, 1_Mbps, 1ms);  // 0-1, 1-2, 2-3
  links.push_back(link(3, 0, 1_Mbps, 1ms));
  const RouteTable routes(links, 4);
  EXPECT_THAT(routes.path(DeviceId{0}, DeviceId{3}), ElementsAre(7));
  EXPECT_THAT(routes.path(DeviceId{3}, DeviceId{1}), ElementsAre(6, 0));
}

TEST(RouteTable, OfEqualWaysTakesTheNeighbourWithTheSmallestId) {
  std::vector<LinkSpec> links;
  links.push_back(link(0, 2, 1_Mbps, 1ms));
  links.push_back(link(0, 1, 1_Mbps, 1ms));
  links.push_back(link(2, 3, 1_Mbps, 1ms));
  links.push_back(link(1, 3, 1_Mbps, 1ms));
  const RouteTable routes(links, 4);
  EXPECT_THAT(routes.path(DeviceId{0}, DeviceId{3}), ElementsAre(2, 6));
  EXPECT_THAT(routes.path(DeviceId{3}, DeviceId{0}), ElementsAre(7, 3));
}

TEST(RouteTable, ThereMayBeNoWay) {
  const RouteTable routes(one_link(1_Mbps, 1ms), 3);
  EXPECT_EQ(routes.first_hop(DeviceId{0}, DeviceId{2}), RouteTable::kNone);
  EXPECT_THROW(routes.path(DeviceId{0}, DeviceId{2}), ConfigError);
}

}  // namespace
}  // namespace acceptlab::sim
