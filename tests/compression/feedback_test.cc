#include "compression/feedback.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "compression/codec.h"
#include "runtime/base/rng.h"

namespace acceptlab::compression {
namespace {

using Values = std::vector<float>;

// Sends multiples of `step` as float32, those nearest to the values. Refuses what is not finite.
class RoundingCodec : public TensorCodec {
 public:
  explicit RoundingCodec(float step = 1.0F) : step_(step) {}
  Bytes encoded_size(std::size_t count) const override {
    return Bytes(static_cast<std::int64_t>(4 * count));
  }
  Result<std::vector<std::uint8_t>> encode(Span<const float> values, TensorId /*id*/) override {
    std::vector<std::uint8_t> bytes(4 * values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!std::isfinite(values[i])) return Error{ErrorKind::kUnsupported, "not finite"};
      const float rounded = step_ * std::round(values[i] / step_);
      std::memcpy(&bytes[4 * i], &rounded, 4);
    }
    return bytes;
  }
  Result<std::size_t> decode(Span<const std::uint8_t> bytes, TensorId /*id*/,
                             Span<float> values) override {
    if (bytes.size() != 4 * values.size()) return Error{ErrorKind::kCorrupt, "wrong size"};
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return bytes.size();
  }

 private:
  float step_;
};

TensorId id_of(std::uint64_t stream, std::uint64_t message, std::int32_t epoch = 0) {
  return {stream, message, epoch};
}

// What arrives of `values` where one codec serves both ends.
Values send(TensorCodec& codec, const Values& values, TensorId id) {
  const auto bytes = codec.encode(values, id);
  EXPECT_TRUE(bytes.ok());
  Values decoded(values.size());
  EXPECT_TRUE(codec.decode(Span<const std::uint8_t>(bytes.value()), id, decoded).ok());
  return decoded;
}

Values random_values(std::size_t count, std::uint64_t seed) {
  Rng rng(seed, "feedback");
  Values values(count);
  for (float& value : values) value = static_cast<float>(rng.normal());
  return values;
}

double mean_square(const Values& a, const Values& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(double{a[i]} - b[i], 2);
  return sum / static_cast<double>(a.size());
}

ErrorFeedbackCodec error_feedback() {
  return ErrorFeedbackCodec(std::make_unique<RoundingCodec>());
}

TEST(ErrorFeedback, SendsWithAMessageWhatTheOneBeforeLost) {
  ErrorFeedbackCodec codec = error_feedback();
  EXPECT_EQ(send(codec, {0.25F, -0.75F}, id_of(1, 1)), (Values{0.0F, -1.0F}));
  EXPECT_EQ(send(codec, {0.375F, 0.0F}, id_of(1, 2)), (Values{1.0F, 0.0F}));
  EXPECT_EQ(send(codec, {0.0F, 0.0F}, id_of(1, 3)), (Values{0.0F, 0.0F}));
}

TEST(ErrorFeedback, SumsArriveButForTheLatestLoss) {
  ErrorFeedbackCodec codec = error_feedback();
  double sent = 0.0;
  double arrived = 0.0;
  for (std::uint64_t message = 0; message < 200; ++message) {
    const Values values = random_values(1, message);
    sent += values[0];
    arrived += send(codec, values, id_of(0, message))[0];
  }
  EXPECT_NEAR(arrived, sent, 0.5 + 1e-4);
}

TEST(ErrorFeedback, KeepsStreamsApart) {
  ErrorFeedbackCodec codec = error_feedback();
  send(codec, {0.4F}, id_of(1, 1));
  EXPECT_EQ(send(codec, {0.4F}, id_of(3, 1)), Values{0.0F});
  EXPECT_EQ(send(codec, {0.4F}, id_of(1, 2)), Values{1.0F});
}

TEST(ErrorFeedback, BeginsWithNothingInEveryEpoch) {
  ErrorFeedbackCodec codec = error_feedback();
  send(codec, {0.4F}, id_of(1, 1, 0));
  EXPECT_EQ(send(codec, {0.4F}, id_of(1, 1, 1)), Values{0.0F});
  ErrorFeedbackCodec resumed = error_feedback();
  EXPECT_EQ(send(codec, {0.4F}, id_of(1, 1, 2)), send(resumed, {0.4F}, id_of(1, 1, 2)));
}

TEST(ErrorFeedback, BeginsWithNothingWhereTheSizeChanges) {
  ErrorFeedbackCodec codec = error_feedback();
  send(codec, {0.4F, 0.4F}, id_of(1, 1));
  EXPECT_EQ(send(codec, {0.4F}, id_of(1, 2)), Values{0.0F});
}

TEST(ErrorFeedback, ARefusedTensorChangesNothing) {
  ErrorFeedbackCodec codec = error_feedback();
  send(codec, {0.4F}, id_of(1, 1));
  const Values bad{std::nanf("")};
  EXPECT_EQ(codec.encode(bad, id_of(1, 2)).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(send(codec, {0.4F}, id_of(1, 3)), Values{1.0F});
}

TEST(ErrorFeedback, RemembersOneMessageOfEachStream) {
  ErrorFeedbackCodec codec = error_feedback();
  EXPECT_EQ(codec.memory(), Bytes(0));
  send(codec, Values(100), id_of(1, 1));
  send(codec, Values(50), id_of(3, 1));
  send(codec, Values(50), id_of(3, 2));
  EXPECT_EQ(codec.memory(), Bytes(4 * 150));
}

// Message m of an epoch holds samples 2 m and 2 m + 1.
std::vector<std::int64_t> two_samples(TensorId id) {
  const auto first = static_cast<std::int64_t>(2 * id.message);
  return {first, first + 1};
}

DeltaCodec delta(float step = 1.0F) {
  return DeltaCodec(std::make_unique<RoundingCodec>(step), two_samples);
}

TEST(Delta, SendsTheDifferenceToWhatWasLastDecodedOfASample) {
  DeltaCodec codec = delta();
  EXPECT_EQ(send(codec, {0.6F, 5.2F}, id_of(0, 4, 0)), (Values{1.0F, 5.0F}));
  // Differences of 0.25 and -0.75.
  EXPECT_EQ(send(codec, {1.25F, 4.25F}, id_of(0, 4, 1)), (Values{1.0F, 4.0F}));
}

TEST(Delta, FindsASampleInAnotherMessage) {
  std::vector<std::int64_t> samples = {7, 3};
  DeltaCodec codec(std::make_unique<RoundingCodec>(), [&samples](TensorId) { return samples; });
  send(codec, {70.0F, 71.0F, 30.0F, 31.0F}, id_of(0, 0));
  samples = {3, 9, 7};
  const Values now{30.2F, 31.2F, 90.2F, 91.2F, 70.2F, 71.2F};
  const auto bytes = codec.encode(now, id_of(0, 1));
  Values differences(6);
  std::memcpy(differences.data(), bytes.value().data(), 24);
  EXPECT_EQ(differences, (Values{0.0F, 0.0F, 90.0F, 91.0F, 0.0F, 0.0F}));
}

TEST(Delta, ErrorsShrinkWithTheDifferences) {
  // A codec of 16 levels between the extremes: its error is proportional to what it is given.
  class Relative : public RoundingCodec {
   public:
    Result<std::vector<std::uint8_t>> encode(Span<const float> values, TensorId id) override {
      float largest = 0.0F;
      for (const float value : values) largest = std::max(largest, std::fabs(value));
      return RoundingCodec(largest / 8).encode(values, id);
    }
  };
  DeltaCodec codec(std::make_unique<Relative>(), two_samples);
  const Values fixed = random_values(64, 1);
  const double first = mean_square(send(codec, fixed, id_of(0, 0, 0)), fixed);
  const double second = mean_square(send(codec, fixed, id_of(0, 0, 1)), fixed);
  EXPECT_LT(second, first / 50);
}

TEST(Delta, BothEndsOfAStreamAreSeparate) {
  // Two messages are under way before the first is decoded, as in a pipeline.
  DeltaCodec codec = delta();
  const Values a{1.0F, 2.0F};
  const Values b{3.0F, 4.0F};
  const auto first = codec.encode(a, id_of(0, 0));
  const auto second = codec.encode(b, id_of(0, 1));
  Values decoded(2);
  ASSERT_TRUE(codec.decode(Span<const std::uint8_t>(first.value()), id_of(0, 0), decoded).ok());
  EXPECT_EQ(decoded, a);
  ASSERT_TRUE(codec.decode(Span<const std::uint8_t>(second.value()), id_of(0, 1), decoded).ok());
  EXPECT_EQ(decoded, b);
}

TEST(Delta, EndsOnTwoDevicesStayEqualBitForBit) {
  DeltaCodec sender = delta(0.01F);
  DeltaCodec receiver = delta(0.01F);
  DeltaCodec both = delta(0.01F);
  for (std::int32_t epoch = 0; epoch < 30; ++epoch) {
    const Values values = random_values(6, static_cast<std::uint64_t>(epoch));
    const TensorId id = id_of(0, static_cast<std::uint64_t>(epoch % 2), epoch);
    const auto bytes = sender.encode(values, id);
    Values decoded(values.size());
    ASSERT_TRUE(receiver.decode(Span<const std::uint8_t>(bytes.value()), id, decoded).ok());
    EXPECT_EQ(decoded, send(both, values, id));
    EXPECT_LT(mean_square(decoded, values), 1e-4);
  }
}

TEST(Delta, KeepsStreamsApart) {
  DeltaCodec codec = delta();
  send(codec, {8.0F, 8.0F}, id_of(0, 0));
  const auto bytes = codec.encode(Values{8.0F, 8.0F}, id_of(2, 0));
  Values sent(2);
  std::memcpy(sent.data(), bytes.value().data(), 8);
  EXPECT_EQ(sent, (Values{8.0F, 8.0F}));
}

TEST(Delta, WhatCannotBeEncodedOrDecodedChangesNothing) {
  DeltaCodec codec = delta();
  send(codec, {8.0F, 8.0F}, id_of(0, 0, 0));
  const Values bad{std::nanf(""), 0.0F};
  EXPECT_EQ(codec.encode(bad, id_of(0, 0, 1)).error().kind, ErrorKind::kUnsupported);
  Values decoded(2);
  const std::vector<std::uint8_t> short_message(3);
  EXPECT_EQ(
      codec.decode(Span<const std::uint8_t>(short_message), id_of(0, 0, 1), decoded).error().kind,
      ErrorKind::kCorrupt);
  EXPECT_EQ(send(codec, {8.0F, 9.0F}, id_of(0, 0, 2)), (Values{8.0F, 9.0F}));
}

TEST(Delta, MemoryIsEverySampleAtEachEnd) {
  DeltaCodec codec = delta();
  EXPECT_EQ(codec.memory(), Bytes(0));
  for (std::int32_t epoch = 0; epoch < 3; ++epoch) {
    for (std::uint64_t message = 0; message < 5; ++message) {
      send(codec, Values(2 * 16), id_of(0, message, epoch));
      send(codec, Values(2 * 8), id_of(2, message, epoch));
    }
  }
  EXPECT_EQ(codec.memory(), Bytes(2 * 10 * (16 + 8) * 4));
}

TEST(DeltaDeathTest, ValuesMustDivideAmongTheSamples) {
  DeltaCodec codec = delta();
  EXPECT_DEATH((void)codec.encode(Values(3), id_of(0, 0)), "invariant broken");
}

// With the real codecs, none of which is exact.
TEST(Feedback, ErrorsOfAClippingCodecDoNotAddUp) {
  const CodecSpec spec = parse_codec("suq2-clip").value();
  ErrorFeedbackCodec codec(make_codec(spec, 1));
  const auto plain = make_codec(spec, 1);
  const Values values = random_values(4096, 3);
  Values all(values.size());
  Values with(values.size());
  Values without(values.size());
  for (std::uint64_t message = 0; message < 64; ++message) {
    const Values one = send(codec, values, id_of(1, message));
    const Values other = send(*plain, values, id_of(1, message));
    for (std::size_t i = 0; i < values.size(); ++i) {
      all[i] += values[i];
      with[i] += one[i];
      without[i] += other[i];
    }
  }
  EXPECT_LT(mean_square(with, all), mean_square(without, all) / 10);
}

TEST(Feedback, DeltasOfEveryCodecApproachActivationsThatStay) {
  const Values values = random_values(4096, 4);
  for (const char* name :
       {"fp16", "uniform2", "suq4", "mbq2", "mbq2-greedy", "suq4-zeros", "uniform4-zstd"}) {
    DeltaCodec codec(make_codec(parse_codec(name).value(), 1), two_samples);
    const double first = mean_square(send(codec, values, id_of(0, 0, 0)), values);
    double last = first;
    for (std::int32_t epoch = 1; epoch < 12; ++epoch) {
      last = mean_square(send(codec, values, id_of(0, 0, epoch)), values);
    }
    EXPECT_LT(last, first / 20) << name;
  }
}

TEST(Feedback, SizesAreThoseOfTheCodec) {
  EXPECT_EQ(error_feedback().encoded_size(10), Bytes(40));
  EXPECT_EQ(delta().encoded_size(10), Bytes(40));
}

}  // namespace
}  // namespace acceptlab::compression
