#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "sim/message_network.h"
#include "sim/packet_network.h"
#include "sim/step_bandwidth.h"
#include "sim/virtual_time.h"

namespace acceptlab::sim {

enum class Model { kPacket, kMessage };
inline std::ostream& operator<<(std::ostream& out, Model model) {
  return out << (model == Model::kPacket ? "Packet" : "Message");
}

inline constexpr Bytes kFullPacket{1502};  // on a link: 1448 of payload, 54 of headers

// Headers as the closed forms of the tests count them, written anew on purpose.
inline Bytes on_wire(Bytes size) { return size + Bytes(54) * ((size.count() + 1447) / 1448); }

inline DirectionSpec direction(BitsPerSecond rate, Duration delay, double loss = 0.0) {
  return {make_constant_bandwidth(rate), delay, loss, 0};
}
inline LinkSpec link(int a, int b, BitsPerSecond rate, Duration delay, double loss = 0.0) {
  return {DeviceId{a}, DeviceId{b}, direction(rate, delay, loss), direction(rate, delay, loss)};
}
inline std::vector<LinkSpec> one_link(BitsPerSecond rate, Duration delay, double loss = 0.0) {
  std::vector<LinkSpec> links;
  links.push_back(link(0, 1, rate, delay, loss));
  return links;
}
// Devices 0 - 1 - ... - (count - 1).
inline std::vector<LinkSpec> chain(int count, BitsPerSecond rate, Duration delay) {
  std::vector<LinkSpec> links;
  for (int i = 0; i + 1 < count; ++i) links.push_back(link(i, i + 1, rate, delay));
  return links;
}

struct Arrival {
  std::uint64_t id;
  TimePoint time;
  friend bool operator==(const Arrival& x, const Arrival& y) {
    return x.id == y.id && x.time == y.time;
  }
};

// A network in its own virtual time, and what arrived.
class NetworkWorld {
 public:
  NetworkWorld(Model model, std::vector<LinkSpec> links, int device_count, std::uint64_t seed = 1) {
    const auto delivered = [this](std::uint64_t id) {
      arrivals.push_back({id, time.now()});
      if (on_arrival) on_arrival(id);
    };
    network = model == Model::kPacket
                  ? make_packet_network(time, std::move(links), {}, device_count, seed, delivered)
                  : make_message_network(time, std::move(links), {}, device_count, delivered);
  }

  // Connects the pairs, runs `start` a second after they are open, when the links are idle again,
  // and goes on until nothing is left to do.
  void run(const std::vector<std::pair<DeviceId, DeviceId>>& pairs, std::function<void()> start) {
    network->connect(pairs, [this, start = std::move(start)] {
      ready = time.now();
      time.after(std::chrono::seconds(1), start);
    });
    time.run();
  }
  void run(std::function<void()> start) { run({{DeviceId{0}, DeviceId{1}}}, std::move(start)); }

  void send(int from, int to, Bytes size, std::uint64_t id) {
    sent[id] = time.now();
    network->send(DeviceId{from}, DeviceId{to}, size, id);
  }
  std::optional<Duration> duration(std::uint64_t id) const {
    for (const Arrival& arrival : arrivals) {
      if (arrival.id == id) return arrival.time - sent.at(id);
    }
    return std::nullopt;
  }
  std::vector<std::uint64_t> arrived_ids() const {
    std::vector<std::uint64_t> ids;
    for (const Arrival& arrival : arrivals) ids.push_back(arrival.id);
    return ids;
  }

  VirtualTime time;
  std::unique_ptr<Network> network;
  std::function<void(std::uint64_t)> on_arrival;
  std::optional<TimePoint> ready;
  std::vector<Arrival> arrivals;
  std::map<std::uint64_t, TimePoint> sent;
};

}  // namespace acceptlab::sim
