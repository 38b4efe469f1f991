#include "sim/virtual_time.h"

#include <ns3/core-module.h>

#include <utility>

#include "runtime/base/check.h"
#include "sim/ns3_units.h"

namespace acceptlab::sim {
namespace {
bool exists = false;
}

VirtualTime::VirtualTime() {
  ACCEPTLAB_CHECK(!exists);
  exists = true;
}

VirtualTime::~VirtualTime() {
  ns3::Simulator::Destroy();
  exists = false;
}

TimePoint VirtualTime::now() const { return from_ns3(ns3::Simulator::Now()); }

void VirtualTime::at(TimePoint time, std::function<void()> event) {
  after(time - now(), std::move(event));
}

void VirtualTime::after(Duration delay, std::function<void()> event) {
  ACCEPTLAB_CHECK(delay >= Duration(0));
  ns3::Simulator::Schedule(to_ns3(delay), std::move(event));
}

void VirtualTime::run() { ns3::Simulator::Run(); }

void VirtualTime::stop() { ns3::Simulator::Stop(); }

}  // namespace acceptlab::sim
