#include "app/testbed/network_plan.h"

namespace acceptlab::testbed {

std::string make_network(const Layout& layout) {
  std::string commands;
  for (const Site& site : layout.sites) commands += "netns add " + site.netns + "\n";
  const int devices = static_cast<int>(layout.sites.size());
  for (int a = 0; a < devices; ++a) {
    for (int b = a + 1; b < devices; ++b) {
      commands += "link add " + Layout::interface_to(b) + " netns " + layout.sites[a].netns +
                  " type veth peer name " + Layout::interface_to(a) + " netns " +
                  layout.sites[b].netns + "\n";
    }
  }
  return commands;
}

std::string configure_device(const Layout& layout, int device, int segment_bytes) {
  const Site& self = layout.sites[static_cast<std::size_t>(device)];
  std::string commands = "link set lo up\naddress add " + self.address + "/32 dev lo\n";
  for (int d = 0; d < static_cast<int>(layout.sites.size()); ++d) {
    if (d == device) continue;
    const std::string interface = Layout::interface_to(d);
    // One segment a packet: the shaper would let a packet of many pass at once.
    commands += "link set " + interface + " mtu " +
                std::to_string(segment_bytes + kPacketHeaderBytes) + " gso_max_segs 1 up\n";
    commands += "route add " + layout.sites[static_cast<std::size_t>(d)].address + "/32 dev " +
                interface + " src " + self.address + "\n";
  }
  return commands;
}

std::string remove_network(const Layout& layout) {
  std::string commands;
  for (const Site& site : layout.sites) commands += "netns del " + site.netns + "\n";
  return commands;
}

}  // namespace acceptlab::testbed
