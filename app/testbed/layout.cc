#include "app/testbed/layout.h"

#include "runtime/base/check.h"

namespace acceptlab::testbed {

namespace {
constexpr int kPort = 7000;
}  // namespace

std::string Layout::interface_to(int device) { return "to" + std::to_string(device); }

std::string Layout::endpoint(int device) const {
  const Site& site = sites.at(static_cast<std::size_t>(device));
  return "tcp://" + site.address + ":" + std::to_string(kPort);
}

Layout make_layout(const Owner& owner, int devices) {
  ACCEPTLAB_CHECK(devices >= 2 && devices <= kMostDevices);
  Layout layout;
  layout.tag = tag_of(owner);
  for (int d = 0; d < devices; ++d) {
    const std::string number = std::to_string(d);
    layout.sites.push_back({d == 0 ? "central" : "worker" + number, layout.tag + "-" + number,
                            "device" + number, "10.77.0." + std::to_string(d + 1)});
  }
  return layout;
}

std::string cluster_toml(const Layout& layout) {
  std::string text;
  for (std::size_t d = 0; d < layout.sites.size(); ++d) {
    text += "[[devices]]\nname = \"" + layout.sites[d].name + "\"\naddress = \"" +
            layout.endpoint(static_cast<int>(d)) + "\"\n\n";
  }
  return text;
}

}  // namespace acceptlab::testbed
