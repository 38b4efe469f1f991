#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "bench/device/raw_tcp.h"
#include "runtime/base/check.h"
#include "runtime/device/kept_memory.h"
#include "runtime/device/socket_links.h"

// Messages between two devices on one machine: ours, plain and encrypted, beside raw TCP of the
// same buffers. A sender's thread sends as fast as it may, the timed one receives.
namespace acceptlab::bench {
namespace {

using device::Arrived;
using device::KeyPair;
using device::LinkOptions;
using device::MessageKind;
using device::SocketLinks;

// In one round: enough that its beginning and end do not count.
int messages_of(std::int64_t size) { return size >= 1 << 20 ? 64 : 20'000; }

struct Ends {
  explicit Ends(bool encrypted) {
    LinkOptions options;
    options.listen = "tcp://127.0.0.1:*";
    const KeyPair a = device::make_key_pair();
    const KeyPair b = device::make_key_pair();
    options.name = "a";
    if (encrypted) options.keys = a;
    from = std::make_unique<SocketLinks>(options, [](const std::string&) {});
    options.name = "b";
    if (encrypted) options.keys = b;
    to = std::make_unique<SocketLinks>(options, [](const std::string&) {});
    to->admit("a", a.public_key);
    from->connect({"b", to->endpoint(), b.public_key});
  }
  void send(const Payload& head, const Payload& body) const {
    from->send("b", MessageKind::kFrame, TimePoint{}, head, body);
  }
  Arrived receive() const {
    while (true) {
      if (std::optional<Arrived> arrived = to->receive()) return *arrived;
      to->wait(std::chrono::seconds(1), -1);
    }
  }
  std::unique_ptr<SocketLinks> from;
  std::unique_ptr<SocketLinks> to;
};

void transport(benchmark::State& state, bool encrypted) {
  const Ends ends(encrypted);
  const auto size = static_cast<std::size_t>(state.range(0));
  const int messages = messages_of(state.range(0));
  const Payload head = Payload::of(std::vector<std::uint8_t>(64, 1));
  const Payload body = Payload::of(std::vector<std::uint8_t>(size, 2));
  ends.send(head, body);  // the connection is there once this has arrived
  while (!ends.to->receive()) {
    ends.from->wait(Duration(0), -1);
    ends.to->wait(std::chrono::milliseconds(1), -1);
  }
  for (auto _ : state) {
    std::atomic<bool> arrived{false};
    std::thread sender([&] {
      for (int i = 0; i < messages; ++i) ends.send(head, body);
      // What the socket did not take at once.
      while (!arrived) ends.from->wait(std::chrono::milliseconds(1), -1);
    });
    std::int64_t bytes = 0;
    const auto started = std::chrono::steady_clock::now();
    for (int i = 0; i < messages; ++i) bytes += ends.receive().body.size().count();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    state.SetIterationTime(took.count());
    arrived = true;
    sender.join();
    if (bytes != state.range(0) * messages) state.SkipWithError("bytes are missing");
  }
  state.SetBytesProcessed(state.iterations() * messages * state.range(0));
  state.counters["per_message"] =
      benchmark::Counter(static_cast<double>(state.iterations() * messages),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void BM_Plain(benchmark::State& state) { transport(state, false); }
void BM_Encrypted(benchmark::State& state) { transport(state, true); }

void BM_RawTcp(benchmark::State& state) {
  const RawTcp tcp;
  const int messages = messages_of(state.range(0));
  const auto size = static_cast<std::size_t>(state.range(0));
  const std::vector<std::uint8_t> out(size, 2);
  std::vector<std::uint8_t> in(size);
  for (auto _ : state) {
    std::thread sender([&] {
      for (int i = 0; i < messages; ++i) tcp.send(out);
    });
    const auto started = std::chrono::steady_clock::now();
    for (int i = 0; i < messages; ++i) tcp.receive(in);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    state.SetIterationTime(took.count());
    sender.join();
    if (in != out) state.SkipWithError("bytes are wrong");
  }
  state.SetBytesProcessed(state.iterations() * messages * state.range(0));
}

// A message there and back, one at a time: half of it is what a message costs.
void BM_RoundTrip(benchmark::State& state) {
  const bool encrypted = state.range(1) != 0;
  const Ends there(encrypted);
  const Ends back(encrypted);
  const Payload head = Payload::of(std::vector<std::uint8_t>(64, 1));
  const Payload body =
      Payload::of(std::vector<std::uint8_t>(static_cast<std::size_t>(state.range(0)), 2));
  std::thread echo([&] {
    while (there.receive().body.size() > Bytes(0)) back.send(head, body);
  });
  there.send(head, body);
  back.receive();
  for (auto _ : state) {
    there.send(head, body);
    benchmark::DoNotOptimize(back.receive());
  }
  there.send(head, Payload());
  echo.join();
  state.SetLabel(encrypted ? "encrypted" : "plain");
}

BENCHMARK(BM_RawTcp)->Arg(4 << 20)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Plain)->Arg(4 << 20)->Arg(1 << 10)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Encrypted)->Arg(4 << 20)->Arg(1 << 10)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(BM_RoundTrip)
    ->Args({1 << 10, 0})
    ->Args({1 << 10, 1})
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace acceptlab::bench

int main(int argc, char** argv) {
  acceptlab::keep_freed_memory();  // as `acceptlab worker` and `acceptlab train` do
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
