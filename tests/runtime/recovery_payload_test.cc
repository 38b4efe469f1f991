#include "runtime/recovery_payload.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "runtime/base/rng.h"
#include "runtime/plan_payload.h"
#include "tests/fakes/scripted_replanner.h"

namespace acceptlab {
namespace {

TEST(HeldUnitsPayloadTest, ComesBackAsItWentIn) {
  const std::vector<HeldUnits> held = {{{3, 1LL << 40}, {0, 2}}, {{0xffffffff, 0}, {5, 6}}};
  const Payload payload = encode_held(held);
  EXPECT_EQ(payload.size(), Bytes(40));
  const auto back = decode_held(payload.bytes());
  ASSERT_TRUE(back.ok());
  ASSERT_EQ(back.value().size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(back.value()[i].snapshot, held[i].snapshot);
    EXPECT_EQ(back.value()[i].units, held[i].units);
  }
  EXPECT_TRUE(decode_held(encode_held({}).bytes()).value().empty());
}

TEST(HeldUnitsPayloadTest, OtherBytesAreRefused) {
  const Payload payload = encode_held({{{3, 9}, {0, 2}}});
  std::vector<std::uint8_t> bytes(payload.bytes().begin(), payload.bytes().end());
  EXPECT_FALSE(decode_held(Span<const std::uint8_t>(bytes.data(), 19)).ok());
  bytes[16] = 0;  // units end where they begin
  EXPECT_FALSE(decode_held(bytes).ok());
  bytes[16] = 2;
  bytes[11] = 0x80;  // a negative version
  EXPECT_FALSE(decode_held(bytes).ok());
}

TEST(RestorationPayloadTest, ComesBackAsItWentIn) {
  Restoration restoration;
  restoration.plan = fakes::plan_up_to({{0, 2}, {3, 6}});
  restoration.plan.stages[0].codec = 3;
  restoration.sources = {{{0, 2}, DeviceId{0}}, {{2, 5}, DeviceId{1}}, {{5, 6}, DeviceId{3}}};
  const auto back = decode_restoration(encode_restoration(restoration).bytes());
  ASSERT_TRUE(back.ok());
  ASSERT_EQ(back.value().plan.stages.size(), 2u);
  EXPECT_EQ(back.value().plan.stages[1].device, DeviceId{3});
  EXPECT_EQ(back.value().plan.stages[1].units, (UnitRange{2, 6}));
  EXPECT_EQ(back.value().plan.stages[0].codec, 3);
  ASSERT_EQ(back.value().sources.size(), 3u);
  EXPECT_EQ(back.value().sources[1].units, (UnitRange{2, 5}));
  EXPECT_EQ(back.value().sources[1].holder, DeviceId{1});
}

TEST(RestorationPayloadTest, WhateverIsChangedItIsReadOrRefused) {
  const Payload payload =
      encode_restoration({fakes::plan_up_to({{0, 2}, {3, 6}}), {{{0, 6}, DeviceId{1}}}});
  Rng rng(5, "restorations");
  for (std::size_t size = 0; size < static_cast<std::size_t>(payload.size().count()); ++size) {
    const auto cut = payload.bytes().subspan(0, size);
    // Without its sources it is whole, too: a return to the start.
    EXPECT_EQ(decode_restoration(cut).ok(), size == 4 + 2 * kPlanStageBytes) << size;
  }
  for (int i = 0; i < 10'000; ++i) {
    std::vector<std::uint8_t> bytes(payload.bytes().begin(), payload.bytes().end());
    bytes[rng.below(bytes.size())] ^= static_cast<std::uint8_t>(1u << rng.below(8));
    const auto back = decode_restoration(bytes);
    if (back.ok()) {
      EXPECT_EQ(back.value().plan.stages[0].device, kCentralNode);
    }
  }
}

}  // namespace
}  // namespace acceptlab
