#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace acceptlab::bench {

// A TCP connection through the loopback interface, used as plainly as can be: what the transport is
// compared with.
class RawTcp {
 public:
  RawTcp();
  ~RawTcp();
  RawTcp(const RawTcp&) = delete;
  RawTcp& operator=(const RawTcp&) = delete;

  // Each for a thread of its own; the whole buffer.
  void send(const std::vector<std::uint8_t>& buffer) const;
  void receive(std::vector<std::uint8_t>& buffer) const;

 private:
  int sender_ = -1;
  int receiver_ = -1;
};

}  // namespace acceptlab::bench
