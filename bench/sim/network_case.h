#pragma once

#include <memory>
#include <vector>

#include "sim/message_network.h"
#include "sim/packet_network.h"
#include "sim/step_bandwidth.h"
#include "sim/virtual_time.h"

namespace acceptlab::sim {

enum class Model { kPacket, kMessage };

// One link between two devices, the same rate and delay both ways.
struct NetworkCase {
  BitsPerSecond rate;
  Duration round_trip{0};
  Bytes size;
  int messages = 2;  // sent one after another, each when the one before has arrived
  bool both_ways = false;
};

// Runs the case; the duration of each message from device 0 to 1: the first on a cold connection.
inline std::vector<Duration> run_case(const NetworkCase& c, Model model) {
  VirtualTime time;
  const auto direction = [&c] {
    return DirectionSpec{make_constant_bandwidth(c.rate), c.round_trip / 2, 0.0, 0};
  };
  std::vector<LinkSpec> links;
  links.push_back({DeviceId{0}, DeviceId{1}, direction(), direction()});

  std::unique_ptr<Network> network;
  std::vector<Duration> durations;
  TimePoint sent{};
  int sent_back = 0;
  const auto send = [&] {
    sent = time.now();
    network->send(DeviceId{0}, DeviceId{1}, c.size, 0);
  };
  const auto send_back = [&] {
    ++sent_back;
    network->send(DeviceId{1}, DeviceId{0}, c.size, 1);
  };
  const auto delivered = [&](std::uint64_t id) {
    if (id == 1) {
      if (sent_back < c.messages) send_back();
      return;
    }
    durations.push_back(time.now() - sent);
    if (static_cast<int>(durations.size()) < c.messages) send();
  };
  network = model == Model::kPacket
                ? make_packet_network(time, std::move(links), {}, 2, 1, delivered)
                : make_message_network(time, std::move(links), {}, 2, delivered);
  network->connect({{DeviceId{0}, DeviceId{1}}}, [&] {
    send();
    if (c.both_ways) send_back();
  });
  time.run();
  return durations;
}

}  // namespace acceptlab::sim
