#include "runtime/link_meter.h"

#include <gtest/gtest.h>

namespace acceptlab {
namespace {

using namespace literals;  // NOLINT(google-build-using-namespace): units

constexpr DeviceId kA{0};
constexpr DeviceId kB{1};

MessageSpan span(Bytes size, Duration sent, Duration received,
                 FrameKind kind = FrameKind::kActivation) {
  return {kA, kB, kind, BatchKey{}, size, TimePoint(sent), TimePoint(received)};
}

TEST(LinkMeter, KnowsNothingBeforeTheFirstMessage) {
  LinkMeter meter;
  EXPECT_EQ(meter.rate(kA, kB), BitsPerSecond(0));
  meter.add(span(64_B, 0ms, 2ms, FrameKind::kStartPhase));
  EXPECT_EQ(meter.rate(kA, kB), BitsPerSecond(0));
}

TEST(LinkMeter, DividesBytesByTheTimeFromSendingToArrival) {
  LinkMeter meter;
  meter.add(span(1000_B, 5ms, 6ms));
  EXPECT_EQ(meter.rate(kA, kB), 8_Mbps);
  EXPECT_EQ(meter.rate(kB, kA), BitsPerSecond(0));
}

TEST(LinkMeter, TimeInTheQueueDoesNotCount) {
  LinkMeter meter;
  meter.add(span(1000_B, 0ms, 1ms));
  meter.add(span(1000_B, 0ms, 2ms));
  EXPECT_EQ(meter.rate(kA, kB), 8_Mbps);
  // Behind a frame of another kind, too.
  meter.add(span(5000_B, 2ms, 10ms, FrameKind::kInput));
  meter.add(span(1000_B, 3ms, 11ms));
  EXPECT_EQ(meter.rate(kA, kB), 8_Mbps);
}

TEST(LinkMeter, LargeMessagesWeighMore) {
  LinkMeter meter;
  meter.add(span(9000_B, 0ms, 1ms));
  meter.add(span(1000_B, 1ms, 2ms));
  EXPECT_EQ(meter.rate(kA, kB), 40_Mbps);
}

TEST(LinkMeter, ForgetsAllButTheLatest) {
  LinkMeter meter;
  for (int i = 0; i < 20; ++i) meter.add(span(1000_B, i * 10ms, i * 10ms + 10ms));
  EXPECT_EQ(meter.rate(kA, kB), 800_kbps);
  for (int i = 20; i < 28; ++i) meter.add(span(1000_B, i * 10ms, i * 10ms + 1ms));
  EXPECT_EQ(meter.rate(kA, kB), 8_Mbps);
}

TEST(LinkMeter, ALinkThatTakesNoTimeIsFast) {
  LinkMeter meter;
  meter.add(span(1000_B, 1ms, 1ms));
  EXPECT_EQ(meter.rate(kA, kB), BitsPerSecond(8'000'000'000'000));
}

}  // namespace
}  // namespace acceptlab
