#pragma once

#include <string>

#include "runtime/base/units.h"

// The rate of one direction of a link as input of `tc -batch -`. A class of htb rather than tbf:
// changing it does not refill its bucket.
namespace acceptlab::testbed {

struct Shaper {
  BitsPerSecond rate;  // of what tc counts: packets with Ethernet headers
  Bytes burst;         // that passes at once after a pause
};

// How a link of `rate` as the emulation has it is shaped: full packets take the same time. The
// burst is small, as what passes at once comes too early, and large enough that late timers lose
// nothing; measured apart (README.md).
Shaper shaper_of(BitsPerSecond rate, int segment_bytes);

// `queue_packets`: that wait for the link at most; 0: more than the connections ever have there.
std::string add_shaper(const std::string& interface, const Shaper& shaper, int queue_packets);
std::string change_shaper(const std::string& interface, const Shaper& shaper);

}  // namespace acceptlab::testbed
