#include "compression/checksum.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "runtime/base/rng.h"
#include "tests/compression/message_surgery.h"

namespace acceptlab::compression {
namespace {

std::uint32_t crc_of(const std::vector<std::uint8_t>& bytes) {
  return crc32c(Span<const std::uint8_t>(bytes));
}

// RFC 3720, appendix B.4.
TEST(ChecksumTest, KnownVectors) {
  std::vector<std::uint8_t> counting(32);
  std::iota(counting.begin(), counting.end(), std::uint8_t{0});
  EXPECT_EQ(crc_of(std::vector<std::uint8_t>(32, 0x00)), 0x8a9136aaU);
  EXPECT_EQ(crc_of(std::vector<std::uint8_t>(32, 0xff)), 0x62a8ab43U);
  EXPECT_EQ(crc_of(counting), 0x46dd794eU);
  EXPECT_EQ(crc_of({counting.rbegin(), counting.rend()}), 0x113fdb5cU);
  const std::string digits = "123456789";
  EXPECT_EQ(crc_of({digits.begin(), digits.end()}), 0xe3069283U);
  EXPECT_EQ(crc_of({}), 0U);
}

TEST(ChecksumTest, EqualsTheDefinitionAtEverySizeAndAlignment) {
  Rng rng(1, "checksum");
  std::vector<std::uint8_t> bytes(1100);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(rng.next());
  for (std::size_t first = 0; first < 17; ++first) {
    for (std::size_t size = 0; first + size <= bytes.size(); size += size < 300 ? 1 : 61) {
      ASSERT_EQ(crc32c(Span<const std::uint8_t>(bytes.data() + first, size)),
                crc_of_the_page(bytes.data() + first, size))
          << first << ", " << size;
    }
  }
}

TEST(ChecksumTest, TheLastBytesMayHaveBeenReducedBefore) {
  Rng rng(2, "checksum");
  std::vector<std::uint8_t> bytes(70000);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(rng.next());
  for (const std::size_t size : {0, 1, 64, 300, 4097, 70000}) {
    const std::uint32_t whole = crc_of_the_page(bytes.data(), size);
    for (std::size_t front = 0; front <= size; front += 1 + size / 50) {
      const Span<const std::uint8_t> back(bytes.data() + front, size - front);
      const ReducedBytes reduced{back.size(), remainder32c(back, 0)};
      ASSERT_EQ(crc32c(Span<const std::uint8_t>(bytes.data(), front), reduced), whole)
          << front << " of " << size;
    }
  }
}

}  // namespace
}  // namespace acceptlab::compression
