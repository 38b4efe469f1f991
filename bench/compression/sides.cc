#include "bench/compression/sides.h"

#include <benchmark/benchmark.h>

#include <cstring>

#include "bench/compression/error_measures.h"
#include "bench/compression/memory_speed.h"
#include "bench/compression/our_coder.h"
#include "bench/compression/peers/peer.h"
#include "runtime/base/check.h"

namespace acceptlab::codec_bench {

namespace {

// Not 0: some processors write lines of zeros at twice the speed, which no decoder can use.
constexpr int kByte = 0x3f;

// Without what keeps the compiler from leaving the work out.
Work memory_work(const std::string& name, Span<const float> from, Span<float> to) {
  if (name == "memcpy") {
    return [=] { std::memcpy(to.data(), from.data(), from.size() * sizeof(float)); };
  }
  if (name == "memset") return [=] { std::memset(to.data(), kByte, to.size() * sizeof(float)); };
  if (name == "read-sum") return [=] { benchmark::DoNotOptimize(read_sum(from)); };
  if (name == "min-max") return [=] { benchmark::DoNotOptimize(min_max(from)); };
  if (name == "store-fill") return [=] { store_fill(to); };
  ACCEPTLAB_CHECK(name == "stream-fill");
  return [=] { stream_fill(to); };
}

Work coder_work(const std::shared_ptr<Coder>& coder, Operation operation, Span<const float> from,
                Span<float> to) {
  if (operation == Operation::kEncode) {
    return [=] { benchmark::DoNotOptimize(coder->encode(from)); };
  }
  return [=] { coder->decode(to); };
}

}  // namespace

std::unique_ptr<Coder> make_coder(const std::string& name) {
  for (const Peer& peer : peers()) {
    if (peer.name == name) return peer.make();
  }
  return make_our_coder(name);
}

bool takes(const std::string& coder, Data data) {
  return data == Data::kActivations || coder.find("relu6") == std::string::npos;
}

Result<Side> coder_side(const std::string& coder, Operation operation, Data data,
                        std::size_t values) {
  const std::shared_ptr<Coder> made = make_coder(coder);
  const Span<const float> from = input(data, values);
  const Span<float> to = output(values);
  const std::size_t message_bytes = made->encode(from);
  std::memset(to.data(), 0xff, to.size() * sizeof(float));  // NaN
  made->decode(to);
  if (!made->is_sane(from, to)) {
    return Error{ErrorKind::kCorrupt, coder + " does not give back " + to_string(data)};
  }
  const double factor =
      static_cast<double>(values * sizeof(float)) / static_cast<double>(message_bytes);
  return Side{coder, coder_work(made, operation, from, to), factor, snr_db(from, to)};
}

Side memory_side(const std::string& name, std::size_t values) {
  const Work work = memory_work(name, input(Data::kActivations, values), output(values));
  return {name, [work] {
            work();
            benchmark::ClobberMemory();
          }};
}

}  // namespace acceptlab::codec_bench
