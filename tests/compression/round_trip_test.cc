#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "compression/half.h"
#include "tests/compression/codec_fixtures.h"
#include "tests/compression/plain_codec.h"

// What comes out of what goes in: every scheme, number of bits and option.
namespace acceptlab::compression {
namespace {

using Floats = std::vector<float>;

constexpr float kTiny = std::numeric_limits<float>::denorm_min();

std::vector<std::size_t> sizes() {
  std::vector<std::size_t> all;
  for (std::size_t size = 0; size <= 70; ++size) all.push_back(size);
  for (const std::size_t size : {512, 1024, 4096}) {
    all.insert(all.end(), {size - 1, size, size + 1});
  }
  return all;
}

bool equal_bits(Span<const float> a, Span<const float> b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), 4 * a.size()) == 0);
}

// How far from its value a decoded one may be.
double tolerance(const CodecSpec& spec, Span<const float> values) {
  if (values.empty() || !is_quantizing(spec.scheme)) return 0.0;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double largest = std::max(std::fabs(*low), std::fabs(*high));
  if (spec.scheme == Scheme::kMbq) return 2.0 * largest;  // a fit of means, not a bound
  const double step = (double{*high} - double{*low}) / ((1 << spec.bits) - 1);
  const double part = spec.scheme == Scheme::kSuq ? 1.0 : 0.5;
  if (spec.range == Range::kMinMax) return part * step + 1e-5 * largest;
  return 2.0 * largest + 6.0;  // clipped
}

struct Ends {
  Encoder encoder;
  Decoder decoder;
  Message message;
  Floats decoded;

  // Encodes and decodes in memory of exactly the right size.
  void send(Span<const float> values) {
    auto encoded = encoder.encode(values, Shape::vector(values.size()), {3, 4});
    ASSERT_TRUE(encoded.ok()) << encoded.error().message;
    message = std::move(encoded).value();
    decoded.assign(values.size(), NAN);
    const auto info = decoder.decode(Span<const std::uint8_t>(message), Span<float>(decoded));
    ASSERT_TRUE(info.ok()) << info.error().message;
    ASSERT_EQ(info.value().values, values.size());
  }
};

TEST(RoundTripTest, EverySizeOfEverySpecComesBackAsThePlainVersionsSay) {
  const Floats values = activations(4097);
  for (const std::string& name : all_codec_names()) {
    SCOPED_TRACE(name);
    const CodecSpec spec = spec_of(name);
    Ends ends{Encoder(spec, 1), Decoder(), {}, {}};
    for (const std::size_t size : sizes()) {
      const Span<const float> part(values.data(), size);
      ASSERT_NO_FATAL_FAILURE(ends.send(part)) << size;
      const auto plain = plain_decode(Span<const std::uint8_t>(ends.message));
      ASSERT_TRUE(plain.has_value());
      ASSERT_TRUE(equal_bits(Span<const float>(ends.decoded), Span<const float>(*plain))) << size;
      const double allowed = tolerance(spec, part);
      for (std::size_t i = 0; i < size && is_quantizing(spec.scheme); ++i) {
        ASSERT_LE(std::fabs(double{ends.decoded[i]} - double{part[i]}), allowed)
            << i << " of " << size;
      }
    }
  }
}

TEST(RoundTripTest, EveryBodyIsWhatThePlainVersionsWrite) {
  const Floats values = activations(4097);
  for (const std::string& name : scheme_names()) {
    for (const bool masked : {false, true}) {
      CodecSpec spec = spec_of(name);
      spec.zeros = masked;
      for (const std::size_t size : {512, 1000, 4097}) {
        const Span<const float> part(values.data(), size);
        const Message message = encode(spec, part, {3, 4}, 5);
        const auto body = plain_body(spec, part, noise_key(5, {3, 4}), (message[7] & 2) != 0);
        ASSERT_EQ(message.size(), 36 + body.size() + 4) << spec.name() << " " << size;
        ASSERT_TRUE(std::equal(body.begin(), body.end(), message.begin() + 36)) << spec.name();
      }
    }
  }
}

TEST(RoundTripTest, ValuesAndBytesMayLieAnywhere) {
  const Floats values = activations(1030);
  for (const std::string& name : scheme_names()) {
    SCOPED_TRACE(name);
    const CodecSpec spec = spec_of(name + "-zeros", name[0] == 'n' || name[0] == 'f' ? 0 : 520);
    Encoder encoder(spec, 1);
    Decoder decoder;
    const Message expected = encode(spec, {values.data(), 1000});
    const Floats decoded = decode(expected, 1000);
    for (std::size_t skipped = 1; skipped <= 15; ++skipped) {
      Floats moved(1000 + skipped);
      std::copy(values.begin(), values.begin() + 1000,
                moved.begin() + static_cast<std::ptrdiff_t>(skipped));
      Message room(encoder.bound(1000) + skipped);
      const auto size = encoder.encode({moved.data() + skipped, 1000}, Shape::vector(1000), {},
                                       {room.data() + skipped, room.size() - skipped});
      ASSERT_EQ(size.value(), expected.size());
      ASSERT_TRUE(std::equal(expected.begin(), expected.end(),
                             room.begin() + static_cast<std::ptrdiff_t>(skipped)));
      Floats back(1000 + skipped + 1, 77.0F);
      const auto info =
          decoder.decode({room.data() + skipped, size.value()}, {back.data() + skipped, 1000});
      ASSERT_TRUE(info.ok()) << info.error().message;
      ASSERT_TRUE(equal_bits({back.data() + skipped, 1000}, Span<const float>(decoded)));
      ASSERT_EQ(back[skipped - 1], 77.0F) << "written before the front";
      ASSERT_EQ(back.back(), 77.0F) << "written behind the end";
    }
  }
}

// Whatever the fit: a group of one value, or of one value many times, is that value but for
// rounding of the mean.
TEST(RoundTripTest, AGroupOfEqualValuesIsExact) {
  for (const std::string& name : scheme_names()) {
    const CodecSpec spec = spec_of(name);
    if (is_quantizing(spec.scheme) && spec.range == Range::kKnown) continue;
    for (const float value : {0.0F, 1.5F, -1024.0F, 0x1.8p-14F}) {
      for (const std::size_t size : {1, 2, 3, 7, 100, 512, 1024, 1500}) {
        // One bit with a range knows no value between the ends of the clip: they are the value.
        const Floats values(size, value);
        for (const float decoded : round_trip(spec, values)) {
          const double error = std::fabs(double{decoded} - double{value});
          const double allowed = spec.scheme == Scheme::kMbq ? 1e-6 * std::fabs(value) : 0.0;
          ASSERT_LE(error, allowed) << name << ", " << size << " times " << value;
        }
      }
    }
  }
}

TEST(RoundTripTest, TinyAndHugeValuesStayFiniteAndInRange) {
  const std::vector<Floats> tensors{{kMaxMagnitude, -kMaxMagnitude},
                                    {kMaxMagnitude, kMaxMagnitude, 0.0F},
                                    {kTiny, -kTiny, 0.0F},
                                    {kTiny, kTiny},
                                    {0x1.8p-130F, -0x1.0p-127F, 0x1.0p-126F},
                                    {kTiny, kMaxMagnitude, -kMaxMagnitude},
                                    {-0.0F, 0.0F, -0.0F},
                                    {std::nextafter(kMaxMagnitude, 0.0F), kMaxMagnitude}};
  for (const std::string& name : all_codec_names()) {
    const CodecSpec spec = spec_of(name);
    for (const Floats& values : tensors) {
      float largest = is_quantizing(spec.scheme) && spec.range == Range::kKnown ? 6.0F : 0.0F;
      for (const float value : values) largest = std::max(largest, std::fabs(value));
      for (const float decoded : round_trip(spec, values)) {
        EXPECT_LE(std::fabs(decoded), 2 * largest) << name << " of " << values[0];
      }
    }
  }
}

TEST(RoundTripTest, EveryBitOfAFloatComesBackFromNone) {
  Floats values{0.0F, -0.0F, 1.0F, kTiny, -kTiny, 0x1.fffffep127F, -0x1.fffffep127F};
  Rng rng(1, "bits");
  while (values.size() < 5000) {
    const auto bits = static_cast<std::uint32_t>(rng.next());
    float value = 0.0F;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) values.push_back(value);
  }
  const Floats decoded = round_trip(spec_of("none"), values);
  EXPECT_TRUE(equal_bits(Span<const float>(decoded), Span<const float>(values)));
}

TEST(RoundTripTest, EachValueOfFp16IsRoundedToHalf) {
  Floats values = normal_values(5000);
  values.insert(values.end(), {1e-7F, 6e-8F, 1e-9F, 65520.0F, -1e6F, 3e38F, -0.0F});
  Floats expected;
  for (const float value : values) expected.push_back(from_half(to_half(value)));
  const Floats decoded = round_trip(spec_of("fp16"), values);
  EXPECT_TRUE(equal_bits(Span<const float>(decoded), Span<const float>(expected)));
}

TEST(RoundTripTest, BehindAMaskBothZerosBecomePlusZero) {
  Floats values(100, -0.0F);
  values[7] = 5.0F;
  for (const char* name : {"none-zeros", "fp16-zeros"}) {
    const Floats decoded = round_trip(spec_of(name), values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(decoded[i], i == 7 ? 5.0F : 0.0F);
      EXPECT_FALSE(std::signbit(decoded[i]));
    }
  }
}

// A step is range / (2^k - 1): powers of two pass through every formula.
TEST(RoundTripTest, InputScaledByAPowerOfTwoGivesOutputScaledAlike) {
  const Floats values = normal_values(1000);
  for (const std::string& name : scheme_names()) {
    const CodecSpec spec = spec_of(name);
    if (spec.scheme == Scheme::kFp16 || spec.range == Range::kKnown) continue;
    const Floats decoded = round_trip(spec, values);
    for (const float factor : {0x1.0p-40F, 0x1.0p40F}) {
      Floats scaled = values;
      for (float& value : scaled) value *= factor;
      const Floats scaled_decoded = round_trip(spec, scaled);
      for (std::size_t i = 0; i < values.size(); ++i) {
        ASSERT_EQ(scaled_decoded[i], decoded[i] * factor) << name << " " << i;
      }
    }
  }
}

}  // namespace
}  // namespace acceptlab::compression
