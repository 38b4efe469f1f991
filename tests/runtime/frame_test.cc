#include "runtime/frame.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

#include "runtime/base/rng.h"

namespace acceptlab {
namespace {

constexpr FrameKind kKinds[] = {
    FrameKind::kStartPhase, FrameKind::kInput,    FrameKind::kLabels,    FrameKind::kActivation,
    FrameKind::kGradient,   FrameKind::kScore,    FrameKind::kBatchDone, FrameKind::kPhaseDone,
    FrameKind::kStageTimes, FrameKind::kEndPhase, FrameKind::kPrepare,   FrameKind::kFetch,
    FrameKind::kUnits,      FrameKind::kPrepared, FrameKind::kCommit,    FrameKind::kReplicate,
    FrameKind::kCopy,       FrameKind::kCopied,   FrameKind::kDrop,      FrameKind::kProbe,
    FrameKind::kAlive,      FrameKind::kFailed,   FrameKind::kRestore,   FrameKind::kFetchCopy,
    FrameKind::kRecode};
// Offsets of fields in the header.
constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kKindAt = 5;
constexpr std::size_t kPhaseAt = 6;
constexpr std::size_t kReservedAt = 7;
constexpr std::size_t kTermAt = 8;
constexpr std::size_t kSamplesAt = 24;
constexpr std::size_t kPayloadSizeAt = 28;

Frame frame_of(FrameKind kind) {
  Frame frame;
  frame.kind = kind;
  frame.term = 0xfedcba98;
  frame.key = {Phase::kEvaluate, 3, 1'000'000, 7};
  frame.samples = 32;
  frame.payload = Payload::sized(Bytes(5'000'000'000));
  if (kind == FrameKind::kStartPhase) frame.learning_rate = 0.0125;
  if (kind == FrameKind::kScore) frame.score = {-1.5e-300, 31, 32};
  if (kind == FrameKind::kStageTimes) {
    frame.stage_time = {Duration(1'000'001), Duration(1LL << 40)};
    frame.received = {BitsPerSecond(4'000'000'000'000), BitsPerSecond(1000)};
  }
  const auto is = [kind](std::initializer_list<FrameKind> kinds) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  };
  if (is({FrameKind::kFetch, FrameKind::kUnits, FrameKind::kCopy, FrameKind::kCopied,
          FrameKind::kFetchCopy})) {
    frame.units = {3, 17};
  }
  if (is({FrameKind::kPrepared, FrameKind::kCopied})) frame.fetched = Bytes(6'000'000'000);
  if (is({FrameKind::kReplicate, FrameKind::kCopy, FrameKind::kCopied})) {
    frame.snapshot = {frame.term, 1LL << 36};
  }
  if (is({FrameKind::kDrop, FrameKind::kRestore, FrameKind::kFetchCopy})) {
    frame.snapshot = {77, 1LL << 36};
  }
  frame.central_copy = kind == FrameKind::kReplicate;
  frame.empty = kind == FrameKind::kAlive;
  if (is({FrameKind::kInput, FrameKind::kLabels, FrameKind::kActivation, FrameKind::kGradient,
          FrameKind::kPrepare, FrameKind::kUnits, FrameKind::kCopy, FrameKind::kAlive,
          FrameKind::kFailed, FrameKind::kRestore, FrameKind::kRecode})) {
    frame.checksum = 0x89abcdef;
  }
  if (kind == FrameKind::kCommit) frame.version = 1LL << 35;
  return frame;
}

Span<const std::uint8_t> bytes_of(const FrameHeader& header) {
  return {header.data(), header.size()};
}

// Expects a refusal of this kind whose message contains `what`.
void expect_refused(const FrameHeader& header, ErrorKind kind, const std::string& what) {
  const auto decoded = decode_header(bytes_of(header));
  ASSERT_FALSE(decoded.ok()) << "accepted in spite of: " << what;
  EXPECT_EQ(decoded.error().kind, kind);
  EXPECT_NE(decoded.error().message.find(what), std::string::npos) << decoded.error().message;
}

class FrameKinds : public testing::TestWithParam<FrameKind> {};

TEST_P(FrameKinds, HeaderComesBackAsItWentIn) {
  const Frame frame = frame_of(GetParam());
  const FrameHeader header = encode_header(frame);
  const auto decoded = decode_header(bytes_of(header));
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  const Frame& back = decoded.value().frame;
  EXPECT_EQ(back.kind, frame.kind);
  EXPECT_EQ(back.term, frame.term);
  EXPECT_EQ(back.key, frame.key);
  EXPECT_EQ(back.samples, frame.samples);
  EXPECT_EQ(back.learning_rate, frame.learning_rate);
  EXPECT_EQ(back.score.loss_sum, frame.score.loss_sum);
  EXPECT_EQ(back.score.correct, frame.score.correct);
  EXPECT_EQ(back.score.samples, frame.score.samples);
  EXPECT_EQ(back.stage_time.forward, frame.stage_time.forward);
  EXPECT_EQ(back.stage_time.backward, frame.stage_time.backward);
  EXPECT_EQ(back.units, frame.units);
  EXPECT_EQ(back.fetched, frame.fetched);
  EXPECT_EQ(back.version, frame.version);
  EXPECT_EQ(back.snapshot, frame.snapshot);
  EXPECT_EQ(back.central_copy, frame.central_copy);
  EXPECT_EQ(back.empty, frame.empty);
  EXPECT_EQ(back.checksum, frame.checksum);
  EXPECT_EQ(back.payload.size(), Bytes(0));
  EXPECT_EQ(decoded.value().payload_size, frame.payload.size());
}

// What decodes is exactly what encode_header can write: whichever bit is flipped, the header is
// refused or means another frame.
TEST_P(FrameKinds, EveryFlippedBitIsRefusedOrMeansAnotherFrame) {
  const FrameHeader header = encode_header(frame_of(GetParam()));
  for (std::size_t bit = 0; bit < 8 * header.size(); ++bit) {
    FrameHeader flipped = header;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    const auto decoded = decode_header(bytes_of(flipped));
    if (!decoded.ok()) continue;
    Frame frame = decoded.value().frame;
    frame.payload = Payload::sized(decoded.value().payload_size);
    EXPECT_EQ(encode_header(frame), flipped) << "byte " << bit / 8 << " bit " << bit % 8;
  }
}

INSTANTIATE_TEST_SUITE_P(All, FrameKinds, testing::ValuesIn(kKinds),
                         [](const auto& kind) { return std::string(to_string(kind.param)); });

TEST(Frame, HeaderIsLittleEndianInTheDocumentedOrder) {
  Frame frame;
  frame.kind = FrameKind::kGradient;
  frame.term = 0x04030201;
  frame.key = {Phase::kEvaluate, 5, 6, 7};
  frame.samples = 8;
  frame.payload = Payload::sized(Bytes(0x0102030405));
  FrameHeader expected = {'A', 'C', 'P', 'L', 1, 5, 1, 0, 1, 2, 3, 4, 5, 0, 0, 0, 6, 0,
                          0,   0,   7,   0,   0, 0, 8, 0, 0, 0, 5, 4, 3, 2, 1, 0, 0, 0};
  EXPECT_EQ(encode_header(frame), expected);
}

TEST(Frame, BytesBehindTheHeaderAreNotItsBusiness) {
  const FrameHeader header = encode_header(frame_of(FrameKind::kInput));
  std::vector<std::uint8_t> stream(header.begin(), header.end());
  stream.resize(100, 0xff);
  EXPECT_TRUE(decode_header(stream).ok());
}

TEST(Frame, EveryShortHeaderIsRefused) {
  const FrameHeader header = encode_header(frame_of(FrameKind::kScore));
  for (std::size_t size = 0; size < header.size(); ++size) {
    const auto decoded = decode_header(Span<const std::uint8_t>(header.data(), size));
    ASSERT_FALSE(decoded.ok()) << size;
    EXPECT_EQ(decoded.error().kind, ErrorKind::kCorrupt);
  }
}

TEST(Frame, EachDamagedFieldIsNamed) {
  const FrameHeader good = encode_header(frame_of(FrameKind::kInput));
  struct Damage {
    std::size_t at;
    std::uint8_t byte;
    ErrorKind kind;
    const char* message;
  };
  const Damage damages[] = {
      {0, 'B', ErrorKind::kCorrupt, "wrong magic number"},
      {kVersionAt, 2, ErrorKind::kUnsupported, "version 2, expected 1"},
      {kKindAt, 0, ErrorKind::kCorrupt, "unknown kind 0"},
      {kKindAt, 26, ErrorKind::kCorrupt, "unknown kind 26"},
      {kPhaseAt, 2, ErrorKind::kCorrupt, "unknown phase 2"},
      {kReservedAt, 1, ErrorKind::kCorrupt, "reserved byte"},
      {kTermAt + 4 + 3, 0x80, ErrorKind::kCorrupt, "negative index"},   // epoch
      {kTermAt + 8 + 3, 0x80, ErrorKind::kCorrupt, "negative index"},   // batch
      {kTermAt + 12 + 3, 0x80, ErrorKind::kCorrupt, "negative index"},  // micro
      {kSamplesAt + 3, 0x80, ErrorKind::kCorrupt, "negative index"},
      {kPayloadSizeAt + 7, 0x80, ErrorKind::kCorrupt, "negative payload size"},
      {kFrameHeaderSize - 5, 1, ErrorKind::kCorrupt, "unused bytes"},  // before the checksum
  };
  for (const Damage& damage : damages) {
    FrameHeader header = good;
    header[damage.at] = damage.byte;
    expect_refused(header, damage.kind, damage.message);
  }
}

TEST(Frame, NegativeScoresAreRefused) {
  Frame frame = frame_of(FrameKind::kScore);
  frame.score.correct = -1;
  expect_refused(encode_header(frame), ErrorKind::kCorrupt, "negative score");
  frame.score = {0.0, 0, -1};
  expect_refused(encode_header(frame), ErrorKind::kCorrupt, "negative score");
}

TEST(Frame, ImpossibleAmountsAreRefused) {
  const auto with = [](FrameKind kind, auto change) {
    Frame frame = frame_of(kind);
    change(frame);
    return encode_header(frame);
  };
  const auto refused = [&](FrameKind kind, auto change, const char* what) {
    expect_refused(with(kind, change), ErrorKind::kCorrupt, what);
  };
  refused(
      FrameKind::kStageTimes, [](Frame& f) { f.stage_time.forward = Duration(-1); },
      "negative time");
  refused(
      FrameKind::kStageTimes, [](Frame& f) { f.stage_time.backward = Duration(-1); },
      "negative time");
  refused(
      FrameKind::kFetch,
      [](Frame& f) {
        f.units = {4, 4};
      },
      "no units");
  refused(
      FrameKind::kUnits,
      [](Frame& f) {
        f.units = {-1, 4};
      },
      "no units");
  refused(
      FrameKind::kPrepared, [](Frame& f) { f.fetched = Bytes(-1); }, "negative size");
  refused(
      FrameKind::kCommit, [](Frame& f) { f.version = -1; }, "negative version");
  refused(
      FrameKind::kCopy, [](Frame& f) { f.snapshot.version = -1; }, "negative version");
  refused(
      FrameKind::kCopied, [](Frame& f) { f.fetched = Bytes(-1); }, "negative size");
  refused(
      FrameKind::kFetchCopy,
      [](Frame& f) {
        f.units = {4, 4};
      },
      "no units");
}

TEST(Frame, RandomFramesComeBack) {
  Rng rng(2, "frames");
  for (int i = 0; i < 10'000; ++i) {
    Frame frame;
    frame.kind = kKinds[rng.below(std::size(kKinds))];
    frame.units = {0, 1};  // of those kinds that have any
    frame.term = static_cast<std::uint32_t>(rng.next());
    const auto index = [&] { return static_cast<std::int32_t>(rng.next() >> 33); };
    frame.key = {rng.below(2) == 0 ? Phase::kTrain : Phase::kEvaluate, index(), index(), index()};
    frame.samples = index();
    frame.payload = Payload::sized(Bytes(static_cast<std::int64_t>(rng.next() >> 1)));
    const FrameHeader header = encode_header(frame);
    const auto decoded = decode_header(bytes_of(header));
    ASSERT_TRUE(decoded.ok()) << decoded.error().message;
    Frame back = decoded.value().frame;
    EXPECT_EQ(back.key, frame.key);
    back.payload = Payload::sized(decoded.value().payload_size);
    ASSERT_EQ(encode_header(back), header);
  }
}

TEST(Frame, OccupiesHeaderAndPayloadOnTheWire) {
  Frame frame;
  EXPECT_EQ(wire_size(frame), Bytes(64));
  frame.payload = Payload::of({1, 2, 3});
  EXPECT_EQ(wire_size(frame), Bytes(67));
}

TEST(Frame, EveryChangedByteOfThePayloadShows) {
  Rng rng(3, "payloads");
  for (const std::size_t size : {1U, 7U, 8U, 9U, 100U}) {
    std::vector<std::uint8_t> bytes(size);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(rng.below(256));
    Frame frame;
    frame.payload = Payload::of(bytes);
    frame.checksum = payload_checksum(frame.payload);
    EXPECT_FALSE(is_damaged(frame));
    for (std::size_t bit = 0; bit < 8 * size; ++bit) {
      std::vector<std::uint8_t> changed = bytes;
      changed[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
      frame.payload = Payload::of(std::move(changed));
      EXPECT_TRUE(is_damaged(frame)) << "byte " << bit / 8 << " of " << size;
    }
    frame.payload = Payload::of(std::vector<std::uint8_t>(bytes.begin(), bytes.end() - 1));
    EXPECT_TRUE(is_damaged(frame)) << "shortened";
  }
  EXPECT_EQ(payload_checksum(Payload::sized(Bytes(5))), 0U);
}

TEST(Frame, OnlyReportsGoToTheCentralNode) {
  for (const FrameKind kind : kKinds) {
    const bool report = kind == FrameKind::kScore || kind == FrameKind::kBatchDone ||
                        kind == FrameKind::kPhaseDone || kind == FrameKind::kStageTimes ||
                        kind == FrameKind::kPrepared || kind == FrameKind::kCopied ||
                        kind == FrameKind::kAlive || kind == FrameKind::kFailed;
    EXPECT_EQ(addressed_to_central(kind), report) << to_string(kind);
  }
}

TEST(Payload, SharesItsBytes) {
  const Payload payload = Payload::of({1, 2, 3});
  const Payload copy = payload;
  EXPECT_EQ(copy.size(), Bytes(3));
  EXPECT_EQ(copy.bytes().data(), payload.bytes().data());
  EXPECT_EQ(copy.bytes()[2], 3);
}

TEST(PayloadDeathTest, HasNoBytesWhereOnlySizesFlow) {
  const Payload payload = Payload::sized(Bytes(7));
  EXPECT_EQ(payload.size(), Bytes(7));
  EXPECT_FALSE(payload.has_bytes());
  EXPECT_DEATH(static_cast<void>(payload.bytes()), "invariant broken");
}

}  // namespace
}  // namespace acceptlab
