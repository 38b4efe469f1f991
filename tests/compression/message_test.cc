#include "compression/message.h"

#include <gmock/gmock.h>

#include "tests/compression/codec_fixtures.h"
#include "tests/compression/message_surgery.h"

namespace acceptlab::compression {
namespace {

using ::testing::HasSubstr;

Result<TensorInfo> inspect_bytes(const Message& message, const DecodeLimits& limits = {}) {
  return inspect(Span<const std::uint8_t>(message), limits);
}

Message shaped(const CodecSpec& spec, const Shape& shape, DType dtype = DType::kFloat32) {
  const std::vector<float> values = normal_values(value_count(shape));
  return Encoder(spec, 1).encode(Span<const float>(values), shape, {}, dtype).value();
}

// A change of the header, resealed, and what the error must say of it.
struct Change {
  std::size_t at;
  std::size_t bytes;
  std::uint64_t value;
  const char* error;
};

void expect_refused(const Message& message, const Change& change) {
  Message changed = message;
  put_integer(changed, change.at, change.value, change.bytes);
  const auto info = inspect_bytes(resealed(changed));
  ASSERT_FALSE(info.ok()) << change.error;
  EXPECT_EQ(info.error().kind, change.at == 4 ? ErrorKind::kUnsupported : ErrorKind::kCorrupt);
  EXPECT_THAT(info.error().message, HasSubstr(change.error));
}

TEST(InspectTest, EveryFieldThatIsWrongIsNamed) {
  const Message message = shaped(spec_of("suq4", 16), {2, {3, 7}});
  ASSERT_TRUE(inspect_bytes(message).ok());
  for (const Change& change :
       std::vector<Change>{{0, 4, 0x54504342, "does not begin with \"ACPT\""},
                           {4, 1, 0, "version is 0, this program reads 1"},
                           {4, 1, 2, "version is 2, this program reads 1"},
                           {5, 1, 5, "scheme is 5"},
                           {5, 1, 255, "scheme is 255"},
                           {6, 1, 0, "bits"},
                           {6, 1, 9, "bits"},
                           {6, 1, 32, "bits"},
                           {7, 1, 16, "flags is 16"},
                           {7, 1, 128, "flags is 128"},
                           {7, 1, 1, "flag offset without scheme mbq"},
                           {8, 1, 2, "dtype is 2"},
                           {9, 1, 9, "rank is 9"},
                           {10, 1, 1, "bytes 10 and 11"},
                           {11, 1, 1, "bytes 10 and 11"},
                           {12, 4, 0, "group is 0"},
                           {12, 4, 4, "group"},
                           {12, 4, 17, "group"},
                           {12, 4, (1 << 20) + 8, "group is 1048584"},
                           {12, 4, 0xffffffff, "group is 4294967295"},
                           {16, 8, 20, "coded values is 20, must be 21"},
                           {16, 8, 22, "coded values is 22"},
                           {16, 8, ~std::uint64_t{0}, "coded values"},
                           {24, 8, 26, "size of the body is 26"},
                           {24, 8, ~std::uint64_t{0}, "size of the body"},
                           {32, 4, 4, "coded values is 21, must be 28"},
                           {36, 4, 0, "coded values is 21, must be 0"}}) {
    ASSERT_NO_FATAL_FAILURE(expect_refused(message, change));
  }
}

TEST(InspectTest, FieldsThatDoNotFitTheSchemeAreRefused) {
  const Message none = shaped(spec_of("none"), {1, {21}});
  expect_refused(none, {6, 1, 16, "bits"});
  expect_refused(none, {7, 1, 8, "flag one range without scheme uniform or suq"});
  expect_refused(none, {12, 4, 8, "group is 8, must be 0"});
  const Message half = shaped(spec_of("fp16"), {1, {21}});
  expect_refused(half, {6, 1, 8, "bits"});
  const Message planes = shaped(spec_of("mbq4", 16), {1, {21}});
  expect_refused(planes, {7, 1, 9, "flag one range without scheme uniform or suq"});
  expect_refused(planes, {7, 1, 0, "size of the body"});
}

TEST(InspectTest, TellsWhatTheMessageHolds) {
  CodecSpec spec = spec_of("mbq3-no-offset", 16);
  const Message message = shaped(spec, {3, {5, 2, 4}}, DType::kFloat16);
  const TensorInfo info = inspect_bytes(message).value();
  EXPECT_EQ(info.spec.scheme, Scheme::kMbq);
  EXPECT_EQ(info.spec.bits, 3);
  EXPECT_EQ(info.spec.group, 16);
  EXPECT_FALSE(info.spec.offset);
  EXPECT_EQ(info.dtype, DType::kFloat16);
  EXPECT_EQ(info.shape.to_string(), "(5, 2, 4)");
  EXPECT_EQ(info.values, 40U);
  EXPECT_EQ(info.coded_values, 40U);
  EXPECT_FALSE(info.has_zero_mask || info.is_deflated);
  EXPECT_EQ(info.header_bytes, 44U);
  EXPECT_EQ(info.scale_bytes, 3U * 3 * 4);
  EXPECT_EQ(info.code_bytes, 15U);
  EXPECT_EQ(info.mask_bytes, 0U);
  EXPECT_EQ(info.message_bytes, message.size());
  EXPECT_EQ(message.size(), 44U + 36 + 15 + 4);
}

TEST(InspectTest, EveryRankHasItsHeader) {
  for (int rank = 0; rank <= kMaxRank; ++rank) {
    Shape shape;
    shape.rank = rank;
    for (int i = 0; i < rank; ++i) shape.dims[static_cast<std::size_t>(i)] = i < 4 ? 2 : 1;
    const Message message = shaped(spec_of("uniform8"), shape);
    const TensorInfo info = inspect_bytes(message).value();
    EXPECT_EQ(info.shape.rank, rank);
    EXPECT_EQ(info.shape.dims, shape.dims);
    EXPECT_EQ(info.header_bytes, 32U + 4 * static_cast<std::size_t>(rank));
    EXPECT_EQ(info.values, std::size_t{1} << std::min(rank, 4));
  }
}

// A message of scheme none and of no body whose header tells of this shape.
Message huge(const std::vector<std::uint32_t>& dims, std::uint64_t coded, std::uint64_t body) {
  Message message = encode(spec_of("none"), {});
  message.resize(32 + 4 * dims.size());
  message[9] = static_cast<std::uint8_t>(dims.size());
  put_integer(message, 16, coded, 8);
  put_integer(message, 24, body, 8);
  for (std::size_t i = 0; i < dims.size(); ++i) put_integer(message, 32 + 4 * i, dims[i], 4);
  return sealed(message);
}

TEST(InspectTest, ShapesWhoseProductLeavesTheLimitAreRefused) {
  constexpr std::uint32_t kMost = 0xffffffff;
  for (const std::vector<std::uint32_t>& dims : std::vector<std::vector<std::uint32_t>>{
           {kMost},
           {kMost, kMost},
           {kMost, kMost, kMost},
           {65536, 65536},
           {kMost, kMost, kMost, kMost, kMost, kMost, kMost, kMost},
           {256, 256, 256, 256, 256, 256, 256, 256},
           {1u << 31, 1u << 31, 4}}) {
    std::uint64_t wrapped = 1;
    for (const std::uint32_t dim : dims) wrapped *= dim;
    for (const std::uint64_t coded : {wrapped, std::uint64_t{0}, ~std::uint64_t{0}}) {
      const auto info = inspect_bytes(huge(dims, coded, 0));
      ASSERT_FALSE(info.ok());
      EXPECT_EQ(info.error().kind, ErrorKind::kCorrupt);
      EXPECT_THAT(info.error().message, HasSubstr("values, the limit"));
    }
  }
}

TEST(InspectTest, CountsWithoutTheBytesForThemAreRefused) {
  for (const std::uint32_t count : {1U, 1000U, 1U << 28}) {
    const std::uint64_t bytes = 4 * std::uint64_t{count};
    for (const std::uint64_t body : {std::uint64_t{0}, bytes, bytes - 4, ~std::uint64_t{0} - 39}) {
      EXPECT_EQ(inspect_bytes(huge({count}, count, body)).error().kind, ErrorKind::kCorrupt);
    }
  }
}

TEST(InspectTest, ADimensionOfZeroMakesAnEmptyTensorWhereverItStands) {
  EXPECT_EQ(inspect_bytes(huge({0}, 0, 0)).value().values, 0U);
  EXPECT_EQ(inspect_bytes(huge({0, 0xffffffff, 0xffffffff}, 0, 0)).value().values, 0U);
  const auto last = inspect_bytes(huge({0xffffffff, 0xffffffff, 0}, 0, 0));
  ASSERT_TRUE(last.ok()) << last.error().message;
  EXPECT_EQ(last.value().values, 0U);
}

TEST(InspectTest, TheLimitOnValuesIsTheCallers) {
  const Message message = encode(spec_of("suq1"), Span<const float>(normal_values(100)));
  EXPECT_TRUE(inspect_bytes(message, {100}).ok());
  const auto refused = inspect_bytes(message, {99});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("shape (100,) has more than 99 values"));
  EXPECT_TRUE(inspect_bytes(encode(spec_of("suq1"), {}), {0}).ok());
}

TEST(InspectTest, BytesThatAreNoMessageAreRefused) {
  EXPECT_EQ(inspect({}).error().kind, ErrorKind::kCorrupt);
  for (std::size_t size = 1; size < 80; ++size) {
    EXPECT_EQ(inspect_bytes(Message(size, 0)).error().kind, ErrorKind::kCorrupt);
    EXPECT_EQ(inspect_bytes(Message(size, 0xff)).error().kind, ErrorKind::kCorrupt);
  }
}

TEST(InspectTest, AWrongChecksumIsRefused) {
  Message message = encode(spec_of("suq4"), Span<const float>(normal_values(21)));
  for (std::size_t byte = 1; byte <= 4; ++byte) {
    message[message.size() - byte] ^= 1;
    EXPECT_THAT(inspect_bytes(message).error().message, HasSubstr("checksum"));
    message[message.size() - byte] ^= 1;
  }
}

TEST(ShapeTest, IsWrittenAsPythonDoes) {
  EXPECT_EQ((Shape{0, {}}).to_string(), "()");
  EXPECT_EQ((Shape{1, {5}}).to_string(), "(5,)");
  EXPECT_EQ((Shape{2, {5, 0}}).to_string(), "(5, 0)");
  EXPECT_EQ(Shape::vector(7).to_string(), "(7,)");
}

}  // namespace
}  // namespace acceptlab::compression
