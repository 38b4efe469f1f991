#include "app/device/link_probe.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "app/device/control.h"

namespace acceptlab::app {

namespace {

using device::Arrived;
using device::MessageKind;

constexpr int kPings = 20;
constexpr int kTransfers = 3;  // of each of the two sizes; the fastest counts
constexpr std::size_t kFirstSize = 64 * 1024;
constexpr std::size_t kLargestSize = 16 * 1024 * 1024;
constexpr Duration kLongEnough = std::chrono::milliseconds(250);

// From handing a message over until its answer.
Duration exchange(device::SocketLinks& links, const device::SteadyClock& clock,
                  const std::string& to, std::size_t size, Duration patience) {
  const TimePoint started = clock.now();
  links.send(to, MessageKind::kControl, started, encode_control("probe"),
             Payload::of(std::vector<std::uint8_t>(size, 0x5a)));
  while (clock.now() - started < patience) {
    links.wait(patience, -1);
    const std::optional<Arrived> arrived = links.receive();
    if (!arrived || arrived->from != to || arrived->envelope.kind != MessageKind::kControl)
      continue;
    if (decode_control(arrived->head).type == "probed") return clock.now() - started;
  }
  throw std::runtime_error("device '" + to + "' does not answer within " +
                           std::to_string(to_seconds(patience)) + " s");
}

}  // namespace

LinkMeasurement probe_link(device::SocketLinks& links, const device::SteadyClock& clock,
                           const std::string& to, Duration patience) {
  const auto fastest = [&](std::size_t size, int times) {
    Duration least = Duration::max();
    for (int i = 0; i < times; ++i) {
      least = std::min(least, exchange(links, clock, to, size, patience));
    }
    return least;
  };
  LinkMeasurement result;
  result.latency = fastest(1, kPings) / 2;
  std::size_t size = kFirstSize;
  while (size < kLargestSize && exchange(links, clock, to, size, patience) < kLongEnough) size *= 2;
  const Duration half = fastest(size / 2, kTransfers);
  const Duration whole = fastest(size, kTransfers);
  const Duration difference = std::max(whole - half, Duration(1));
  const auto bit_ns = static_cast<detail::Int128>(size / 2) * 8 * 1'000'000'000;
  result.rate = BitsPerSecond(static_cast<std::int64_t>(bit_ns / difference.count()));
  return result;
}

void answer_probe(device::SocketLinks& links, const device::SteadyClock& clock,
                  const Arrived& probe) {
  links.send(probe.from, MessageKind::kControl, clock.now(), encode_control("probed"));
}

}  // namespace acceptlab::app
