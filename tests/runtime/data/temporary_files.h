#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "runtime/base/result.h"

namespace acceptlab::data {

using TestBytes = std::vector<std::uint8_t>;

// A directory of the running test, emptied before and removed after it.
class TemporaryFiles : public ::testing::Test {
 protected:
  TemporaryFiles() {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    directory_ = ::testing::TempDir() + "acceptlab_" + info->test_suite_name() + "_" + info->name();
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }
  ~TemporaryFiles() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  std::string write(const std::string& name, const TestBytes& bytes) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream file(path(name), std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return path(name);
  }

  std::string directory_;
};

inline TestBytes gzip(const TestBytes& content) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  TestBytes out(deflateBound(&stream, content.size()) + 64);
  TestBytes in = content;
  stream.next_in = in.data();
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// What a ConfigError says; fails the test where nothing is thrown.
template <typename Action>
std::string config_error(Action action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no ConfigError";
  return {};
}

inline TestBytes idx_header(std::uint32_t magic, const std::vector<std::uint32_t>& dimensions) {
  TestBytes bytes;
  const auto add = [&](std::uint32_t word) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<std::uint8_t>(word >> shift));
    }
  };
  add(magic);
  for (const std::uint32_t d : dimensions) add(d);
  return bytes;
}

// An IDX file with values 0, 1, 2, ... modulo `modulus`.
inline TestBytes idx_file(const std::vector<std::uint32_t>& dimensions, int modulus = 256) {
  TestBytes bytes = idx_header(0x800 + static_cast<std::uint32_t>(dimensions.size()), dimensions);
  std::uint32_t count = 1;
  for (const std::uint32_t d : dimensions) count *= d;
  for (std::uint32_t i = 0; i < count; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(i % static_cast<std::uint32_t>(modulus)));
  }
  return bytes;
}

}  // namespace acceptlab::data
