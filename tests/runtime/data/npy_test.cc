#include "runtime/data/npy.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "tests/runtime/data/temporary_files.h"

namespace acceptlab::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint64_t kMost = 1 << 20;
constexpr const char* kDict = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";

// Magic, version and length in front of a header.
TestBytes preamble(int major, std::size_t header_size) {
  TestBytes bytes = {0x93, 'N', 'U', 'M', 'P', 'Y', static_cast<std::uint8_t>(major), 0};
  for (int i = 0; i < (major == 1 ? 2 : 4); ++i) {
    bytes.push_back(static_cast<std::uint8_t>(header_size >> 8 * i));
  }
  return bytes;
}

TestBytes npy_file(const std::string& header, std::size_t value_bytes, int major = 1) {
  TestBytes bytes = preamble(major, header.size());
  bytes.insert(bytes.end(), header.begin(), header.end());
  for (std::size_t i = 0; i < value_bytes; ++i) bytes.push_back(static_cast<std::uint8_t>(i % 64));
  return bytes;
}

TestBytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

class NpyTest : public TemporaryFiles {
 protected:
  NpyArray load(const TestBytes& bytes) { return load_npy(write("a.npy", bytes), kMost); }
  std::string error_of(const TestBytes& bytes) {
    return config_error([&] { load(bytes); });
  }
  // The error of a file with this header and no values.
  std::string error_of(const std::string& header) { return error_of(npy_file(header, 0)); }
};

TEST_F(NpyTest, ReadsEveryVersionOfTheFormat) {
  for (const int major : {1, 2, 3}) {
    const NpyArray array = load(npy_file(kDict, 24, major));
    EXPECT_THAT(array.shape, ElementsAre(2, 3)) << major;
    const auto& values = std::get<std::vector<float>>(array.values);
    ASSERT_EQ(values.size(), 6u);
    std::uint32_t bits = 0;
    std::memcpy(&bits, &values[5], sizeof bits);
    EXPECT_EQ(bits, 0x17161514u);
  }
}

TEST_F(NpyTest, ReadsFloat16AsBits) {
  const NpyArray array =
      load(npy_file("{'descr': '<f2', 'fortran_order': False, 'shape': (2,), }", 4));
  EXPECT_THAT(std::get<std::vector<std::uint16_t>>(array.values), ElementsAre(0x0100, 0x0302));
}

TEST_F(NpyTest, TheHeaderMayHaveAnyOrderQuotesAndSpace) {
  const std::string header =
      "\n { \"shape\":( 2 ,3L ) ,'descr'\t:\"<f4\",'fortran_order':False}  \n";
  EXPECT_THAT(load(npy_file(header, 24)).shape, ElementsAre(2, 3));
}

TEST_F(NpyTest, AScalarHasOneValueAndAZeroDimensionNone) {
  const NpyArray scalar =
      load(npy_file("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", 4));
  EXPECT_TRUE(scalar.shape.empty());
  EXPECT_EQ(std::get<std::vector<float>>(scalar.values).size(), 1u);
  const NpyArray none =
      load(npy_file("{'descr': '<f4', 'fortran_order': False, 'shape': (5000000, 0, 5000000)}", 0));
  EXPECT_THAT(none.shape, ElementsAre(5000000, 0, 5000000));
  EXPECT_TRUE(std::get<std::vector<float>>(none.values).empty());
}

TEST_F(NpyTest, WritesTheBytesThatNumpyWrites) {
  std::string expected = std::string("\x93NUMPY\x01\0\x76\0", 10) +
                         "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }";
  expected += std::string(127 - expected.size(), ' ') + '\n';
  expected += std::string("\0\0\x80\x3f", 4);
  EXPECT_EQ(to_npy({{1}, std::vector<float>{1.0F}}), expected);
}

TEST_F(NpyTest, ReadsBackWhatItWrites) {
  const std::vector<float> floats = {0.0F, -0.0F, std::numeric_limits<float>::infinity(), 1e-45F};
  for (const std::vector<std::uint64_t>& shape :
       std::vector<std::vector<std::uint64_t>>{{4}, {2, 2}, {1, 4, 1}, {1, 1, 1, 1, 1, 1, 1, 4}}) {
    const std::string text = to_npy({shape, floats});
    EXPECT_EQ((text.size() - 16) % 64, 0u);
    const NpyArray back = load(bytes_of(text));
    EXPECT_EQ(back.shape, shape);
    EXPECT_EQ(to_npy(back), text);
  }
  const std::string halves = to_npy({{}, std::vector<std::uint16_t>{0x7e01}});
  EXPECT_EQ(to_npy(load(bytes_of(halves))), halves);
}

TEST_F(NpyTest, EveryTruncationIsRefused) {
  for (const int major : {1, 2}) {
    const TestBytes whole = npy_file(kDict, 24, major);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const TestBytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_THAT(error_of(part), HasSubstr(path("a.npy") + ": ")) << size;
    }
  }
}

TEST_F(NpyTest, ADamagedHeaderIsReadOrRefusedButNeverWorse) {
  const TestBytes whole = npy_file(kDict, 24);
  const std::size_t header_end = whole.size() - 24;
  for (std::size_t at = 0; at < header_end; ++at) {
    for (const char value : std::string("\0\1 '(),:9L{}\x7f\xff", 14)) {
      TestBytes damaged = whole;
      damaged[at] = static_cast<std::uint8_t>(value);
      try {
        load(damaged);
      } catch (const ConfigError& error) {
        EXPECT_THAT(error.what(), HasSubstr(path("a.npy") + ": "));
      }
    }
  }
}

TEST_F(NpyTest, SaysWhatAFileIsNot) {
  EXPECT_THAT(error_of(TestBytes{}), HasSubstr("is empty, not an .npy file"));
  EXPECT_THAT(error_of(bytes_of("1.0 2.0\n")), HasSubstr("does not begin with \\x93NUMPY"));
  EXPECT_THAT(error_of(npy_file(kDict, 24, 4)),
              HasSubstr("format version 4.0 is unknown; allowed: 1.0, 2.0, 3.0"));
  EXPECT_THAT(config_error([&] { load_npy(path("missing"), kMost); }),
              HasSubstr(path("missing") + ": cannot be opened: No such file"));
  EXPECT_THAT(config_error([&] { load_npy(directory_, kMost); }),
              HasSubstr("is not a regular file"));
}

TEST_F(NpyTest, SizesThatDisagreeWithTheShapeAreNamed) {
  EXPECT_THAT(error_of(npy_file(kDict, 23)),
              HasSubstr("truncated: 23 bytes of values, shape (2, 3) of <f4 needs 24"));
  EXPECT_THAT(error_of(npy_file(kDict, 25)),
              HasSubstr("trailing bytes: 25 bytes of values, shape (2, 3) of <f4 needs 24"));
  TestBytes part = npy_file(kDict, 0);
  part.resize(20);
  EXPECT_THAT(error_of(part), HasSubstr("truncated: 20 bytes, the .npy header goes to byte 69"));
  EXPECT_THAT(error_of(preamble(2, 0xfffffff0)),
              HasSubstr("header has 4294967280 bytes; at most 65535 are allowed"));
}

TEST_F(NpyTest, LargeAndOverflowingShapesAreRefusedWithoutTakingMemory) {
  const auto shape_error = [&](const std::string& shape) {
    return error_of("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}");
  };
  EXPECT_THAT(shape_error("(1024, 1025)"),
              HasSubstr("shape (1024, 1025) has more than 1048576 values"));
  EXPECT_THAT(shape_error("(1024, 1024)"), HasSubstr("truncated: 0 bytes of values"));
  // 2^64 values, which are 0 in 64 bits.
  EXPECT_THAT(shape_error("(4294967296, 4294967296)"), HasSubstr("more than 1048576 values"));
  EXPECT_THAT(shape_error("(18446744073709551616,)"), HasSubstr("a dimension beyond 2^64"));
  EXPECT_THAT(shape_error("(-1,)"), HasSubstr("expected a dimension at byte 51, found '-1,)}'"));
  EXPECT_THAT(shape_error("(1, 1, 1, 1, 1, 1, 1, 1, 1)"), HasSubstr("more than 8 dimensions"));
}

TEST_F(NpyTest, OtherElementTypesAreNamedWithWhatIsAllowed) {
  const auto dtype_error = [&](const std::string& descr) {
    return error_of("{'descr': " + descr + ", 'fortran_order': False, 'shape': (0,)}");
  };
  const std::string allowed = " is not supported; allowed: '<f4' (float32) and '<f2' (float16)";
  EXPECT_THAT(dtype_error("'<f8'"), HasSubstr("dtype '<f8' (float64)" + allowed));
  EXPECT_THAT(dtype_error("'>f4'"), HasSubstr("dtype '>f4' (big-endian float32)" + allowed));
  EXPECT_THAT(dtype_error("'|u1'"), HasSubstr("dtype '|u1' (uint8)" + allowed));
  EXPECT_THAT(dtype_error("'|b1'"), HasSubstr("dtype '|b1' (bool)" + allowed));
  EXPECT_THAT(dtype_error("'<U99'"), HasSubstr("dtype '<U99'" + allowed));
  EXPECT_THAT(dtype_error("'\x1b[31m'"), HasSubstr("dtype '?[31m'" + allowed));
  EXPECT_THAT(dtype_error("[('x', '<f4')]"), HasSubstr("structured dtype"));
}

TEST_F(NpyTest, FortranOrderIsRefused) {
  EXPECT_THAT(error_of("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3)}"),
              HasSubstr("fortran_order is True; only C order is supported"));
}

TEST_F(NpyTest, AHeaderThatIsNoDictOfAnArrayIsRefused) {
  EXPECT_THAT(error_of(""), HasSubstr("expected '{' at byte 0, found its end"));
  EXPECT_THAT(error_of("[1, 2]"), HasSubstr("expected '{' at byte 0, found '[1, 2]'"));
  EXPECT_THAT(error_of("{}"), HasSubstr("has no key 'descr'"));
  EXPECT_THAT(error_of("{'descr': '<f4', 'shape': (1,)}"), HasSubstr("has no key 'fortran_order'"));
  EXPECT_THAT(error_of("{'descr': '<f4', 'descr': '<f4'}"), HasSubstr("key 'descr' twice"));
  EXPECT_THAT(error_of("{'dtype': '<f4'}"), HasSubstr("unknown key 'dtype'; allowed: descr,"));
  EXPECT_THAT(error_of("{'descr': 4}"), HasSubstr("expected a dtype in quotes at byte 10"));
  EXPECT_THAT(error_of("{'descr': '<f4}"), HasSubstr("expected the closing quote"));
  EXPECT_THAT(error_of("{'fortran_order': 0}"), HasSubstr("expected True or False"));
  EXPECT_THAT(error_of(std::string(kDict) + "x"), HasSubstr("goes on behind its dict"));
}

}  // namespace
}  // namespace acceptlab::data
