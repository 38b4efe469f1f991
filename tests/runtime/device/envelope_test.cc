#include "runtime/device/envelope.h"

#include <gtest/gtest.h>

#include <vector>

namespace acceptlab::device {
namespace {

Envelope sample() {
  return {MessageKind::kControl, 0x0123456789abcdefU, 42, TimePoint(Duration(-5))};
}

std::vector<std::uint8_t> bytes_of(const Envelope& envelope) {
  const EnvelopeBytes bytes = encode_envelope(envelope);
  return {bytes.begin(), bytes.end()};
}

TEST(Envelope, SurvivesTheWire) {
  const Result<Envelope> back = decode_envelope(bytes_of(sample()));
  ASSERT_TRUE(back);
  EXPECT_EQ(back.value().kind, MessageKind::kControl);
  EXPECT_EQ(back.value().session, 0x0123456789abcdefU);
  EXPECT_EQ(back.value().sequence, 42U);
  EXPECT_EQ(back.value().sent, TimePoint(Duration(-5)));
}

TEST(Envelope, IsLittleEndianAtFixedPlaces) {
  const std::vector<std::uint8_t> bytes = bytes_of(sample());
  EXPECT_EQ(std::string(bytes.begin(), bytes.begin() + 4), "ACLM");
  EXPECT_EQ(bytes[4], 1);
  EXPECT_EQ(bytes[5], 2);
  EXPECT_EQ(bytes[8], 0xef);
  EXPECT_EQ(bytes[15], 0x01);
  EXPECT_EQ(bytes[16], 42);
}

TEST(Envelope, RefusesWhatCannotBeOne) {
  for (const std::size_t at : {0U, 4U, 5U, 6U}) {
    std::vector<std::uint8_t> bytes = bytes_of(sample());
    bytes[at] = 0x77;
    const Result<Envelope> back = decode_envelope(bytes);
    ASSERT_FALSE(back) << at;
    EXPECT_EQ(back.error().kind, at == 4 ? ErrorKind::kUnsupported : ErrorKind::kCorrupt);
  }
  std::vector<std::uint8_t> bytes = bytes_of(sample());
  bytes.pop_back();
  EXPECT_FALSE(decode_envelope(bytes));
  EXPECT_FALSE(decode_envelope(std::vector<std::uint8_t>{}));
}

}  // namespace
}  // namespace acceptlab::device
