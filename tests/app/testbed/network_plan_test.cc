#include "app/testbed/network_plan.h"

#include <gtest/gtest.h>

namespace acceptlab::testbed {
namespace {

const Layout kThree = make_layout({7, 8}, 3);

TEST(NetworkPlan, MakesANamespaceADeviceAndALinkAPair) {
  EXPECT_EQ(make_network(kThree),
            "netns add acceptlab-7-8-0\n"
            "netns add acceptlab-7-8-1\n"
            "netns add acceptlab-7-8-2\n"
            "link add to1 netns acceptlab-7-8-0 type veth peer name to0 netns acceptlab-7-8-1\n"
            "link add to2 netns acceptlab-7-8-0 type veth peer name to0 netns acceptlab-7-8-2\n"
            "link add to2 netns acceptlab-7-8-1 type veth peer name to1 netns acceptlab-7-8-2\n");
}

TEST(NetworkPlan, ADeviceReachesEachOtherOverItsOwnLink) {
  EXPECT_EQ(configure_device(kThree, 1, 1448),
            "link set lo up\n"
            "address add 10.77.0.2/32 dev lo\n"
            "link set to0 mtu 1500 gso_max_segs 1 up\n"
            "route add 10.77.0.1/32 dev to0 src 10.77.0.2\n"
            "link set to2 mtu 1500 gso_max_segs 1 up\n"
            "route add 10.77.0.3/32 dev to2 src 10.77.0.2\n");
}

TEST(NetworkPlan, RemovesWhatItMade) {
  EXPECT_EQ(remove_network(kThree),
            "netns del acceptlab-7-8-0\nnetns del acceptlab-7-8-1\nnetns del acceptlab-7-8-2\n");
}

}  // namespace
}  // namespace acceptlab::testbed
