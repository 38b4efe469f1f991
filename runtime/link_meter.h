#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <utility>

#include "runtime/base/ids.h"
#include "runtime/base/units.h"
#include "runtime/samples.h"

namespace acceptlab {

// How fast links have lately been, measured on the frames that they delivered: bytes over the time
// from the start of sending to full arrival, summed over the last kMessages activations and
// gradients of each direction. A frame starts when it is handed over or, queued behind another,
// when that one has arrived. Propagation counts, so a rate is a lower bound of the bandwidth.
class LinkMeter {
 public:
  static constexpr std::size_t kMessages = 8;

  // Requires: the spans of a direction come in order of their arrival.
  void add(const MessageSpan& span);
  // 0 where nothing has arrived yet.
  BitsPerSecond rate(DeviceId from, DeviceId to) const;

 private:
  struct Transfer {
    Bytes size;
    Duration time{0};
  };
  struct Way {
    TimePoint last_arrival{};  // of a frame of any kind
    std::deque<Transfer> latest;
  };
  std::map<std::pair<DeviceId, DeviceId>, Way> ways_;
};

}  // namespace acceptlab
