#include "compression/codec_speed.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "compression/codec.h"
#include "runtime/base/check.h"

namespace acceptlab::compression {

namespace {

constexpr int kRounds = 5;
constexpr std::int64_t kRoundNs = 2'000'000;

std::int64_t thread_cpu_ns() {
  timespec now{};
  ACCEPTLAB_CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// Nanoseconds of processor time of one call of `work`: the median over rounds of the mean within.
template <typename Work>
double median_ns(const Work& work) {
  std::array<double, kRounds> rounds{};
  for (double& round : rounds) {
    const std::int64_t start = thread_cpu_ns();
    std::int64_t spent = 0;
    int calls = 0;
    while (spent < kRoundNs) {
      work();
      ++calls;
      spent = thread_cpu_ns() - start;
    }
    round = static_cast<double>(spent) / calls;
  }
  std::nth_element(rounds.begin(), rounds.begin() + kRounds / 2, rounds.end());
  return rounds[kRounds / 2];
}

}  // namespace

Result<CodecSpeed> measure_codec_speed(const CodecSpec& spec, Span<const float> values) {
  if (auto error = check_spec(spec)) return *std::move(error);
  if (values.empty()) return Error{ErrorKind::kConfig, "codec speed: no values to encode"};
  const auto codec = make_codec(spec, 1);
  const Result<std::vector<std::uint8_t>> message = codec->encode(values, {});  // also warms up
  if (!message) return message.error();
  std::vector<float> decoded(values.size());
  const double encode = median_ns([&] { ACCEPTLAB_CHECK(codec->encode(values, {}).ok()); });
  const double decode = median_ns([&] {
    ACCEPTLAB_CHECK(codec->decode(Span<const std::uint8_t>(message.value()), {}, decoded).ok());
  });
  const auto count = static_cast<double>(values.size());
  return CodecSpeed{encode / count, decode / count};
}

}  // namespace acceptlab::compression
