#include "app/testbed/shaping.h"

#include <chrono>

#include "app/testbed/network_plan.h"

namespace acceptlab::testbed {

namespace {

constexpr int kEthernetBytes = 14;
constexpr int kPppBytes = 2;  // the emulated link's header
// A timer that is so late still finds the link busy.
constexpr Duration kTimerSlack = std::chrono::milliseconds(1);

std::string class_of(const std::string& verb, const std::string& interface, const Shaper& shaper) {
  const std::string burst = std::to_string(shaper.burst.count()) + "b";
  return "class " + verb + " dev " + interface + " parent 1: classid 1:1 htb rate " +
         std::to_string(shaper.rate.count()) + "bit burst " + burst + " cburst " + burst +
         " quantum 60000\n";
}

}  // namespace

Shaper shaper_of(BitsPerSecond rate, int segment_bytes) {
  const std::int64_t packet = segment_bytes + kPacketHeaderBytes;
  const BitsPerSecond wire(rate.count() * (packet + kEthernetBytes) / (packet + kPppBytes));
  return {wire, wire * kTimerSlack};
}

std::string add_shaper(const std::string& interface, const Shaper& shaper, int queue_packets) {
  std::string commands = "qdisc add dev " + interface + " root handle 1: htb default 1\n" +
                         class_of("add", interface, shaper);
  if (queue_packets > 0) {
    commands += "qdisc add dev " + interface + " parent 1:1 pfifo limit " +
                std::to_string(queue_packets) + "\n";
  }
  return commands;
}

std::string change_shaper(const std::string& interface, const Shaper& shaper) {
  return class_of("change", interface, shaper);
}

}  // namespace acceptlab::testbed
