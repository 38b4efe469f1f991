#pragma once

// Our quantities at the border to ns-3. Included by .cc files only.

#include <ns3/data-rate.h>
#include <ns3/nstime.h>

#include "runtime/base/units.h"

namespace acceptlab::sim {

inline ns3::Time to_ns3(Duration d) { return ns3::NanoSeconds(d.count()); }
inline ns3::DataRate to_ns3(BitsPerSecond rate) {
  return ns3::DataRate(static_cast<std::uint64_t>(rate.count()));
}
inline Duration from_ns3_duration(const ns3::Time& t) { return Duration(t.GetNanoSeconds()); }
inline TimePoint from_ns3(const ns3::Time& t) { return TimePoint(from_ns3_duration(t)); }

}  // namespace acceptlab::sim
