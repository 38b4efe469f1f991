#include "compression/kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "compression/codec_spec.h"
#include "compression/layout.h"
#include "compression/message.h"
#include "compression/reference.h"
#include "compression/simd_target.h"
#include "runtime/base/rng.h"
#include "tests/compression/message_surgery.h"

// Every kernel on every instruction set of this machine gives the bytes and floats of the plain
// version, at every size around blocks, groups and vectors.
namespace acceptlab::compression {
namespace {

class KernelsTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(use_simd_target(GetParam())); }
  void TearDown() override { use_simd_target(""); }
};

INSTANTIATE_TEST_SUITE_P(Targets, KernelsTest, ::testing::ValuesIn(simd_targets()),
                         [](const auto& target) { return target.param; });

std::vector<CodecSpec> all_specs() {
  std::vector<CodecSpec> specs;
  for (int bits = 1; bits <= kMaxBits; ++bits) {
    for (const char* options : {"", "-clip", "-relu6", "-range(-1:2)"}) {
      for (const char* scheme : {"uniform", "suq"}) {
        specs.push_back(parse_codec(scheme + std::to_string(bits) + options).value());
      }
    }
    for (const char* options : {"", "-no-offset", "-greedy", "-greedy-no-offset"}) {
      specs.push_back(parse_codec("mbq" + std::to_string(bits) + options).value());
    }
  }
  return specs;
}

// Values of several kinds: half zeros as behind a ReLU, both signs, ties, equal, tiny and huge.
std::vector<std::vector<float>> tensors(std::size_t count) {
  Rng rng(count, "kernel values");
  std::vector<std::vector<float>> all(6, std::vector<float>(count));
  for (std::size_t i = 0; i < count; ++i) {
    all[0][i] = static_cast<float>(std::clamp(2.0 * rng.normal(), 0.0, 6.0));
    all[1][i] = static_cast<float>(rng.normal() * 1e-3);
    all[2][i] = static_cast<float>(static_cast<int>(rng.below(9)) - 4) * 0.5F;
    all[3][i] = -0.0F;
    all[4][i] = static_cast<float>(rng.normal() * 1e-42);
    all[5][i] = static_cast<float>(rng.normal()) * 0x1.0p97F;
  }
  if (count > 2) all[3][count / 2] = 0.0F;
  return all;
}

struct Encoded {
  bool good = false;
  std::vector<std::uint8_t> scales;
  std::vector<std::uint8_t> codes;
  ReducedBytes reduced;
};

template <typename Encode>
Encoded encode_with(const Encode& encode, const CodecSpec& spec, Span<const float> values) {
  Encoded encoded;
  encoded.scales.resize(has_one_range(spec) ? 0 : scale_bytes(spec, values.size()));
  encoded.codes.resize(code_bytes(spec, values.size()));
  std::vector<std::int16_t> scratch(static_cast<std::size_t>(spec.group));
  EncodeJob job{spec,
                values,
                noise_key(7, {1, 2}),
                Span<std::uint8_t>(encoded.scales),
                Span<std::uint8_t>(encoded.codes),
                Span<std::int16_t>(scratch)};
  job.reduced = &encoded.reduced;
  encoded.good = encode(job);
  return encoded;
}

bool is_planes(const CodecSpec& spec) { return spec.scheme == Scheme::kMbq; }

Encoded encode_fast(const CodecSpec& spec, Span<const float> values) {
  return encode_with(is_planes(spec) ? encode_planes : encode_uniform, spec, values);
}
Encoded encode_plain(const CodecSpec& spec, Span<const float> values) {
  return encode_with(is_planes(spec) ? reference::encode_planes : reference::encode_uniform, spec,
                     values);
}

// Those of a kernel say what the checksum of the codes is, those of the plain version nothing.
void expect_reduced(const ReducedBytes& reduced, const std::vector<std::uint8_t>& codes) {
  ASSERT_EQ(reduced.count, simd_target() == "SCALAR" ? 0 : codes.size());
  if (reduced.count == 0) return;
  ASSERT_EQ(crc32c({}, reduced), crc_of_the_page(codes.data(), codes.size()));
}

// Decodes both ways and compares bit for bit.
void expect_equal_decoding(const CodecSpec& spec, Encoded encoded, std::size_t count) {
  if (has_one_range(spec)) {
    const float range[] = {spec.low,
                           (spec.high - spec.low) / static_cast<float>((1 << spec.bits) - 1)};
    encoded.scales.resize(sizeof range);
    std::memcpy(encoded.scales.data(), range, sizeof range);
  }
  std::vector<float> fast(count, 1.0F);
  std::vector<float> plain(count, 2.0F);
  DecodeJob job{spec, Span<const std::uint8_t>(encoded.scales),
                Span<const std::uint8_t>(encoded.codes), Span<float>(fast)};
  ASSERT_TRUE(is_planes(spec) ? decode_planes(job) : decode_uniform(job));
  job.values = Span<float>(plain);
  ASSERT_TRUE(is_planes(spec) ? reference::decode_planes(job) : reference::decode_uniform(job));
  ASSERT_TRUE(count == 0 || std::memcmp(fast.data(), plain.data(), 4 * count) == 0)
      << spec.name() << " decodes otherwise, " << count << " values";
}

void expect_equal(const CodecSpec& spec, Span<const float> values) {
  const Encoded fast = encode_fast(spec, values);
  const Encoded plain = encode_plain(spec, values);
  ASSERT_TRUE(fast.good && plain.good) << spec.name();
  ASSERT_EQ(fast.scales, plain.scales) << spec.name() << ", " << values.size() << " values";
  ASSERT_EQ(fast.codes, plain.codes) << spec.name() << ", " << values.size() << " values";
  expect_equal_decoding(spec, plain, values.size());
}

TEST_P(KernelsTest, EqualThePlainVersionAtEverySizeAroundTheirSteps) {
  for (CodecSpec spec : all_specs()) {
    spec.group = 1024;
    for (const std::size_t count : {0, 1, 15, 16, 17, 63, 65, 511, 512, 513, 1023, 1024, 1025, 1535,
                                    1537, 2048, 4095, 4096, 4097}) {
      for (const std::vector<float>& values : tensors(count)) {
        ASSERT_NO_FATAL_FAILURE(expect_equal(spec, Span<const float>(values)));
      }
    }
  }
}

TEST_P(KernelsTest, EqualThePlainVersionAtEveryGroup) {
  for (CodecSpec spec : all_specs()) {
    for (const int group : {8, 16, 40, 64, 96, 512, 520, 544, 1536, 8192}) {
      spec.group = group;
      ASSERT_NO_FATAL_FAILURE(expect_equal(spec, Span<const float>(tensors(3333)[0])));
      ASSERT_NO_FATAL_FAILURE(expect_equal(spec, Span<const float>(tensors(3333)[1])));
    }
  }
}

TEST_P(KernelsTest, ReduceTheCodesForTheChecksum) {
  for (CodecSpec spec : all_specs()) {
    spec.group = 1024;
    if (has_one_range(spec)) continue;  // the scales are not there to decode with
    for (const std::size_t count : {0, 1, 511, 512, 1024, 1535, 4096, 4097}) {
      std::vector<float> values = tensors(count)[1];
      const Encoded encoded = encode_fast(spec, Span<const float>(values));
      ASSERT_NO_FATAL_FAILURE(expect_reduced(encoded.reduced, encoded.codes)) << spec.name();
      ReducedBytes reduced;
      const DecodeJob job{spec, Span<const std::uint8_t>(encoded.scales),
                          Span<const std::uint8_t>(encoded.codes), Span<float>(values), &reduced};
      ASSERT_TRUE(is_planes(spec) ? decode_planes(job) : decode_uniform(job));
      ASSERT_NO_FATAL_FAILURE(expect_reduced(reduced, encoded.codes)) << spec.name();
    }
  }
}

TEST_P(KernelsTest, DoNotMindWhereTheValuesBegin) {
  const std::vector<float> values = tensors(2100)[0];
  for (CodecSpec spec : all_specs()) {
    spec.group = 512;
    for (std::size_t skipped = 1; skipped < 16; skipped += 2) {
      ASSERT_NO_FATAL_FAILURE(
          expect_equal(spec, Span<const float>(values.data() + skipped, values.size() - skipped)));
    }
  }
}

TEST_P(KernelsTest, RefuseWhatThePlainVersionRefuses) {
  for (CodecSpec spec : all_specs()) {
    spec.group = 1024;
    std::vector<float> refused{NAN, -NAN, INFINITY, -INFINITY};
    // A known range makes no scales of the values, and clips those beyond it.
    if (!has_one_range(spec)) refused.insert(refused.end(), {0x1.000002p100F, -0x1.0p101F, 3e38F});
    for (const float bad : refused) {
      for (const std::size_t at : {0, 5, 700, 1023, 1024, 1100, 1199}) {
        std::vector<float> values = tensors(1200)[1];
        values[at] = bad;
        EXPECT_FALSE(encode_fast(spec, Span<const float>(values)).good) << spec.name() << at << bad;
        EXPECT_FALSE(encode_plain(spec, Span<const float>(values)).good) << spec.name();
      }
    }
  }
}

// As large as streaming stores begin, and one value more, so that the end is not aligned.
TEST_P(KernelsTest, DecodeLargeTensorsAlike) {
  Rng rng(1, "large");
  std::vector<float> values((std::size_t{6} << 20) + 1);
  for (float& value : values) value = static_cast<float>(rng.uniform(-1.0, 6.0));
  for (const char* name : {"suq4", "suq8", "mbq4", "mbq8"}) {
    CodecSpec spec = parse_codec(name).value();
    spec.group = group_of(spec);
    const Encoded encoded = encode_fast(spec, Span<const float>(values));
    ASSERT_TRUE(encoded.good);
    expect_equal_decoding(spec, encoded, values.size());
  }
}

TEST_P(KernelsTest, SplitAndMergeZerosAtEverySize) {
  for (std::size_t count = 0; count < 200; ++count) {
    const std::vector<float> values = tensors(count)[2];
    std::vector<std::uint8_t> mask(mask_bytes(count), 0xff);
    std::vector<float> kept(count + kLanes);
    const std::size_t size =
        split_zeros(Span<const float>(values), Span<std::uint8_t>(mask), Span<float>(kept));
    std::vector<float> expected;
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ((mask[i / 8] >> i % 8 & 1) != 0, values[i] != 0.0F);
      if (values[i] != 0.0F) expected.push_back(values[i]);
    }
    ASSERT_EQ(std::vector<float>(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(size)),
              expected);
    ASSERT_EQ(count_zeros(Span<const float>(values)), count - size);
    std::vector<float> merged(count, NAN);
    merge_zeros(Span<const std::uint8_t>(mask), kept.data(), Span<float>(merged));
    ASSERT_EQ(merged, values);
    for (std::size_t i = count; i < 8 * mask.size(); ++i) ASSERT_EQ(mask[i / 8] >> i % 8 & 1, 0);
  }
}

TEST_P(KernelsTest, FindAValueThatIsNotFiniteAnywhere) {
  for (const std::size_t count : {1, 16, 65, 300}) {
    std::vector<float> values(count, 1e38F);
    EXPECT_TRUE(all_finite(Span<const float>(values)));
    for (std::size_t i = 0; i < count; ++i) {
      for (const float bad : {NAN, INFINITY, -INFINITY}) {
        values[i] = bad;
        EXPECT_FALSE(all_finite(Span<const float>(values)));
      }
      values[i] = 1e38F;
    }
  }
}

}  // namespace
}  // namespace acceptlab::compression
