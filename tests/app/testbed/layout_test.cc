#include "app/testbed/layout.h"

#include <gmock/gmock.h>

#include <set>

namespace acceptlab::testbed {
namespace {

TEST(Layout, EverythingInTheHostIsNamedByItsOwner) {
  const Layout layout = make_layout({12, 345}, 3);
  EXPECT_EQ(layout.tag, "acceptlab-12-345");
  for (const Site& site : layout.sites) {
    const std::optional<Owner> owner = owner_of(site.netns);
    ASSERT_TRUE(owner) << site.netns;
    EXPECT_EQ(owner->pid, 12);
    EXPECT_EQ(owner->start_ticks, 345u);
  }
}

TEST(Layout, NamesAndAddressesDiffer) {
  const Layout layout = make_layout({1, 2}, kMostDevices);
  std::set<std::string> all;
  for (const Site& site : layout.sites) {
    all.insert(site.name);
    all.insert(site.netns);
    all.insert(site.address);
    all.insert(site.group);
  }
  EXPECT_EQ(all.size(), 4u * kMostDevices);
}

TEST(Layout, InterfaceNamesFitTheKernel) {
  EXPECT_LT(Layout::interface_to(kMostDevices - 1).size(), 16u);
}

TEST(Layout, TheClusterFileListsDevicesInOrderWithWhereTheyListen) {
  EXPECT_EQ(cluster_toml(make_layout({1, 2}, 2)),
            "[[devices]]\nname = \"central\"\naddress = \"tcp://10.77.0.1:7000\"\n\n"
            "[[devices]]\nname = \"worker1\"\naddress = \"tcp://10.77.0.2:7000\"\n\n");
}

}  // namespace
}  // namespace acceptlab::testbed
