#include "runtime/data/file_bytes.h"

#include <gmock/gmock.h>

#include "tests/runtime/data/temporary_files.h"

namespace acceptlab::data {
namespace {

using ::testing::HasSubstr;

class FileBytesTest : public TemporaryFiles {
 protected:
  // Long enough to need several chunks, compressed and not.
  static TestBytes content() {
    TestBytes bytes(1'000'000);
    std::uint32_t state = 1;
    for (auto& byte : bytes) {
      state = state * 1664525 + 1013904223;
      byte = static_cast<std::uint8_t>(state >> 24);
    }
    return bytes;
  }
};

TEST_F(FileBytesTest, PlainAndGzipGiveTheSameContentWhateverTheirNames) {
  EXPECT_EQ(read_file(write("plain.gz", content()), 2'000'000), content());
  EXPECT_EQ(read_file(write("compressed", gzip(content())), 2'000'000), content());
}

TEST_F(FileBytesTest, StopsAtTheLimit) {
  TestBytes start = content();
  start.resize(300'001);
  EXPECT_EQ(read_file(write("plain", content()), 300'001), start);
  EXPECT_EQ(read_file(write("gz", gzip(content())), 300'001), start);
}

TEST_F(FileBytesTest, AGzipBombStopsAtTheLimit) {
  EXPECT_EQ(read_file(write("bomb", gzip(TestBytes(5'000'000))), 1000).size(), 1000u);
}

TEST_F(FileBytesTest, EmptyFilesAreEmpty) {
  EXPECT_TRUE(read_file(write("plain", {}), 10).empty());
  EXPECT_TRUE(read_file(write("gz", gzip({})), 10).empty());
}

TEST_F(FileBytesTest, RefusesATruncatedGzipStream) {
  TestBytes bytes = gzip(content());
  for (const std::size_t cut : {std::size_t{1}, std::size_t{8}, bytes.size() / 2}) {
    const TestBytes part(bytes.begin(), bytes.end() - static_cast<std::ptrdiff_t>(cut));
    const std::string file = write("gz", part);
    const std::string message = config_error([&] { read_file(file, 2'000'000); });
    EXPECT_THAT(message, HasSubstr(file + ": the gzip stream is truncated"));
  }
}

TEST_F(FileBytesTest, RefusesContentThatFailsGzipsChecksum) {
  TestBytes bytes = gzip(content());
  bytes[bytes.size() - 5] ^= 1;  // in the checksum
  const std::string file = write("gz", bytes);
  EXPECT_THAT(config_error([&] { read_file(file, 2'000'000); }),
              HasSubstr(file + ": damaged gzip stream"));
}

TEST_F(FileBytesTest, RefusesBytesAfterTheGzipStream) {
  for (const TestBytes& body : {content(), TestBytes{1, 2, 3}}) {
    TestBytes bytes = gzip(body);
    bytes.push_back(0);
    const std::string file = write("gz", bytes);
    EXPECT_THAT(config_error([&] { read_file(file, 2'000'000); }),
                HasSubstr(file + ": trailing bytes after the gzip stream"));
  }
}

TEST_F(FileBytesTest, NamesAFileThatCannotBeRead) {
  EXPECT_THAT(config_error([&] { read_file(path("none"), 10); }),
              HasSubstr(path("none") + ": cannot be opened: No such file"));
  EXPECT_THAT(config_error([&] { read_file(directory_, 10); }), HasSubstr(directory_ + ": cannot"));
}

}  // namespace
}  // namespace acceptlab::data
