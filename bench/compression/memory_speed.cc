#include "bench/compression/memory_speed.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/compression/memory_speed.cc"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>  // before highway.h: compiles this file once for each target
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace acceptlab::codec_bench {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;

// Four registers hide the latency of an add.
float read_sum_loop(const float* values, std::size_t count) {
  const D d;
  const std::size_t lanes = hn::Lanes(d);
  auto a = hn::Zero(d), b = a, c = a, e = a;
  for (std::size_t i = 0; i < count; i += 4 * lanes) {
    a = hn::Add(a, hn::Load(d, values + i));
    b = hn::Add(b, hn::Load(d, values + i + lanes));
    c = hn::Add(c, hn::Load(d, values + i + 2 * lanes));
    e = hn::Add(e, hn::Load(d, values + i + 3 * lanes));
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(a, b), hn::Add(c, e))));
}

float min_max_loop(const float* values, std::size_t count) {
  const D d;
  const std::size_t lanes = hn::Lanes(d);
  auto low = hn::Load(d, values), high = low, low2 = low, high2 = low;
  for (std::size_t i = 0; i < count; i += 4 * lanes) {
    const auto a = hn::Load(d, values + i);
    const auto b = hn::Load(d, values + i + lanes);
    const auto c = hn::Load(d, values + i + 2 * lanes);
    const auto e = hn::Load(d, values + i + 3 * lanes);
    low = hn::Min(low, hn::Min(a, b));
    high = hn::Max(high, hn::Max(a, b));
    low2 = hn::Min(low2, hn::Min(c, e));
    high2 = hn::Max(high2, hn::Max(c, e));
  }
  return hn::GetLane(hn::MaxOfLanes(d, hn::Max(high, high2))) -
         hn::GetLane(hn::MinOfLanes(d, hn::Min(low, low2)));
}

void store_fill_loop(float* values, std::size_t count) {
  const D d;
  const auto value = hn::Set(d, 1.0F);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) hn::Store(value, d, values + i);
}

void stream_fill_loop(float* values, std::size_t count) {
  const D d;
  const auto value = hn::Set(d, 1.0F);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) hn::Stream(value, d, values + i);
  hwy::FlushStream();
}

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::codec_bench
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace acceptlab::codec_bench {

HWY_EXPORT(read_sum_loop);
HWY_EXPORT(min_max_loop);
HWY_EXPORT(store_fill_loop);
HWY_EXPORT(stream_fill_loop);

float read_sum(Span<const float> values) {
  return HWY_DYNAMIC_DISPATCH(read_sum_loop)(values.data(), values.size());
}
float min_max(Span<const float> values) {
  return HWY_DYNAMIC_DISPATCH(min_max_loop)(values.data(), values.size());
}
void store_fill(Span<float> values) {
  HWY_DYNAMIC_DISPATCH(store_fill_loop)(values.data(), values.size());
}
void stream_fill(Span<float> values) {
  HWY_DYNAMIC_DISPATCH(stream_fill_loop)(values.data(), values.size());
}

}  // namespace acceptlab::codec_bench
#endif
