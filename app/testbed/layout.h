#pragma once

#include <string>
#include <vector>

#include "app/testbed/owner.h"

namespace acceptlab::testbed {

// How one device of a testbed is called in this host.
struct Site {
  std::string name;     // "central", "worker1"...: of its keyring and in the cluster file
  std::string netns;    // network namespace
  std::string group;    // control group, below the testbed's
  std::string address;  // IPv4; the same whatever link it is reached over
};

// Names and addresses of a testbed. Addresses are those of its own namespaces, so two testbeds may
// have the same.
struct Layout {
  std::string tag;          // names in this host begin with it
  std::vector<Site> sites;  // by device

  // The interface of a device that leads to another; each pair of devices has a link of its own.
  static std::string interface_to(int device);
  // "tcp://10.77.0.2:7000": where a device listens.
  std::string endpoint(int device) const;
};

constexpr int kMostDevices = 64;

// Requires: 2 <= devices <= kMostDevices.
Layout make_layout(const Owner& owner, int devices);

// What `acceptlab train --cluster` reads: the devices with where they listen, in order.
std::string cluster_toml(const Layout& layout);

}  // namespace acceptlab::testbed
