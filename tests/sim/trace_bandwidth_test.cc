#include "sim/trace_bandwidth.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "runtime/base/result.h"

namespace acceptlab::sim {
namespace {
using namespace literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class TraceFile : public ::testing::Test {
 protected:
  std::string write(const std::string& text) {
    std::ofstream(path_, std::ios::binary) << text;
    return path_;
  }
  void TearDown() override { std::filesystem::remove(path_); }

  std::string path_ = ::testing::TempDir() +
                      ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".trace";
};

template <typename Load>
std::string error_of(Load load) {
  try {
    load();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

class MahimahiTrace : public TraceFile {
 protected:
  std::string refusal(const std::string& text) {
    const std::string path = write(text);
    return error_of([&] { load_mahimahi_trace(path); });
  }
};

Bytes carried(const BandwidthTrace& trace) {
  double bits = 0.0;
  for (const RateSegment& s : trace.segments) {
    bits += static_cast<double>(s.rate.count()) * to_seconds(s.length);
  }
  return Bytes(static_cast<std::int64_t>(bits / 8 + 0.5));
}

TEST_F(MahimahiTrace, OnePacketAMillisecondIs12Mbps) {
  const BandwidthTrace trace = load_mahimahi_trace(write("1\n"));
  ASSERT_EQ(trace.segments.size(), 1u);
  EXPECT_EQ(trace.segments[0].rate, 12_Mbps);
  EXPECT_EQ(trace.segments[0].length, 1ms);
}

TEST_F(MahimahiTrace, CountsPacketsInBins) {
  // 10 ms bins: packets at 0, 5 and 10 in the first, 11 in the second, 30 in the third, and the
  // last, shorter one ends with the trace.
  const BandwidthTrace trace = load_mahimahi_trace(write("0\n5\n10\n11\n30\n34\n34\n"), 10ms);
  ASSERT_EQ(trace.segments.size(), 4u);
  EXPECT_EQ(trace.segments[0].rate, BitsPerSecond(3 * 1'200'000));
  EXPECT_EQ(trace.segments[1].rate, BitsPerSecond(1'200'000));
  EXPECT_EQ(trace.segments[2].rate, BitsPerSecond(1'200'000));
  EXPECT_EQ(trace.segments[3].rate, BitsPerSecond(2 * 3'000'000));
  EXPECT_EQ(trace.segments[3].length, 4ms);
  EXPECT_EQ(carried(trace), Bytes(7 * 1500));
}

TEST_F(MahimahiTrace, PlaysOverAndOver) {
  const auto model = make_trace_bandwidth(load_mahimahi_trace(write("10\n12\n20\n"), 10ms));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(model->next().rate, BitsPerSecond(1'200'000));
    EXPECT_EQ(model->next().rate, BitsPerSecond(2'400'000));
  }
  EXPECT_EQ(model->range().slowest, BitsPerSecond(1'200'000));
  EXPECT_EQ(model->range().fastest, BitsPerSecond(2'400'000));
}

TEST_F(MahimahiTrace, AnOutagePassesTheSlowestRate) {
  const BandwidthTrace trace = load_mahimahi_trace(write("1\n300\n"));
  EXPECT_EQ(trace.segments[1].rate, kSlowestRate);
}

TEST_F(MahimahiTrace, AcceptsLineEndsOfWindows) {
  EXPECT_EQ(load_mahimahi_trace(write("1\r\n")).segments[0].rate, 12_Mbps);
}

TEST_F(MahimahiTrace, SaysWhereAndWhyAFileIsWrong) {
  EXPECT_THAT(refusal("40\n41\n40\n"), EndsWith(".trace:3: timestamps decrease (41, 40)"));
  EXPECT_THAT(refusal("1\n-2\n"), EndsWith(":2: timestamp is negative (-2)"));
  EXPECT_THAT(refusal("1\nx\n"),
              EndsWith(":2: a timestamp in whole milliseconds expected, found 'x'"));
  EXPECT_THAT(refusal("1\n2.5\n"), HasSubstr("found '2.5'"));
  EXPECT_THAT(refusal("nan\n"), HasSubstr(":1: a timestamp"));
  EXPECT_THAT(refusal("99999999999999999999\n"), HasSubstr(":1: a timestamp"));
  EXPECT_THAT(refusal("9999999999999999\n"), HasSubstr(":1: timestamp too large"));
  EXPECT_THAT(refusal(""), EndsWith(": no timestamps"));
  EXPECT_THAT(refusal("0\n0\n0\n"), HasSubstr("all timestamps are 0"));
  EXPECT_THAT(refusal(std::string("\x7f"
                                  "ELF\0\1",
                                  6)),
              HasSubstr(":1: not a text file"));
  EXPECT_THAT(error_of([] { load_mahimahi_trace("no/such.trace"); }),
              testing::StrEq("no/such.trace: cannot be opened"));
  EXPECT_THAT(error_of([&] { load_mahimahi_trace(write("1\n"), 1500us); }), HasSubstr("bin"));
}

TEST_F(MahimahiTrace, RecordedTracesKeepTheirPackets) {
  const auto folder =
      std::filesystem::path(ACCEPTLAB_SOURCE_DIR).parent_path() / "shared/data/traces";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no recorded traces beside the repository";
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".down" && entry.path().extension() != ".up") continue;
    ++files;
    std::ifstream in(entry.path());
    const auto packets = std::count(std::istreambuf_iterator<char>(in), {}, '\n');
    // Only outages, raised to the slowest rate, add to what the file says.
    const BandwidthTrace trace = load_mahimahi_trace(entry.path().string());
    double outages_s = 0.0;
    for (const RateSegment& s : trace.segments) {
      if (s.rate == kSlowestRate) outages_s += to_seconds(s.length);
    }
    const double bytes = static_cast<double>(packets) * 1500;
    EXPECT_GE(carried(trace).count(), bytes * 0.9999) << entry.path();
    EXPECT_LE(carried(trace).count(), bytes * 1.0001 + outages_s * 100e3 / 8) << entry.path();
  }
  EXPECT_GT(files, 0);
}

class CsvTrace : public TraceFile {
 protected:
  std::string refusal(const std::string& text) {
    const std::string path = write(text);
    return error_of([&] { load_csv_trace(path); });
  }
};

TEST_F(CsvTrace, ARowHoldsUntilTheNextAndTheLastAsLongAsTheOneBefore) {
  const BandwidthTrace trace = load_csv_trace(write("time_s,mbps\n0,10\n1.5,2.25\n2,0\n"));
  ASSERT_EQ(trace.segments.size(), 3u);
  EXPECT_EQ(trace.segments[0].rate, 10_Mbps);
  EXPECT_EQ(trace.segments[0].length, 1500ms);
  EXPECT_EQ(trace.segments[1].rate, 2250_kbps);
  EXPECT_EQ(trace.segments[1].length, 500ms);
  EXPECT_EQ(trace.segments[2].rate, kSlowestRate);
  EXPECT_EQ(trace.segments[2].length, 500ms);
}

TEST_F(CsvTrace, ASingleRowHoldsForEver) {
  const BandwidthTrace trace = load_csv_trace(write("time_s,mbps\n0,7\n"));
  ASSERT_EQ(trace.segments.size(), 1u);
  EXPECT_EQ(trace.segments[0].length, Duration::max());
}

TEST_F(CsvTrace, SaysWhereAndWhyAFileIsWrong) {
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal("0,10\n"), EndsWith(":1: the header 'time_s,mbps' expected, found '0,10'"));
  EXPECT_THAT(refusal("time_s,mbps\n"), HasSubstr("no rows"));
  EXPECT_THAT(refusal("time_s,mbps\n1,10\n"), EndsWith(":2: the first time_s must be 0"));
  EXPECT_THAT(refusal("time_s,mbps\n0,10\n0,11\n"), EndsWith(":3: time_s does not increase"));
  EXPECT_THAT(refusal("time_s,mbps\n0,-1\n"), HasSubstr(":2: mbps out of range"));
  EXPECT_THAT(refusal("time_s,mbps\n0,nan\n"), HasSubstr(":2: mbps out of range"));
  EXPECT_THAT(refusal("time_s,mbps\n0,1\ninf,1\n"), HasSubstr(":3: time_s out of range"));
  EXPECT_THAT(refusal("time_s,mbps\n0\n"), HasSubstr(":2: two numbers"));
  EXPECT_THAT(refusal("time_s,mbps\n0,1,2\n"), HasSubstr(":2: two numbers"));
}

}  // namespace
}  // namespace acceptlab::sim
