#include "sim/trace_bandwidth.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/result.h"

namespace acceptlab::sim {
namespace {

constexpr Bytes kMahimahiPacket{1500};

// The lines of a text file, counted, for messages that name the place.
class LineReader {
 public:
  explicit LineReader(const std::string& path) : path_(path), in_(path, std::ios::binary) {
    if (!in_) throw ConfigError(path + ": cannot be opened");
  }

  bool next(std::string* line) {
    if (!std::getline(in_, *line)) {
      if (in_.bad()) throw ConfigError(path_ + ": cannot be read");
      return false;
    }
    ++number_;
    if (!line->empty() && line->back() == '\r') line->pop_back();
    if (line->find('\0') != std::string::npos) fail("not a text file");
    return true;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw ConfigError(path_ + ":" + std::to_string(number_) + ": " + what);
  }
  [[noreturn]] void fail_file(const std::string& what) const {
    throw ConfigError(path_ + ": " + what);
  }

 private:
  std::string path_;
  std::ifstream in_;
  std::int64_t number_ = 0;
};

// Printable, and short enough for a message.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, 40)) out += c >= ' ' && c <= '~' ? c : '?';
  return out + (text.size() > 40 ? "...'" : "'");
}

template <typename Number>
bool parse_whole(std::string_view text, Number* value) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *value);
  return error == std::errc() && stop == end;
}

// Far beyond any recording, and small enough that no sum of times overflows.
constexpr std::int64_t kLongestTraceMs = 100LL * 366 * 24 * 3600 * 1000;

std::vector<std::int64_t> read_timestamps_ms(LineReader& lines) {
  std::vector<std::int64_t> times;
  std::string line;
  while (lines.next(&line)) {
    std::int64_t ms = 0;
    if (!parse_whole(line, &ms)) {
      lines.fail("a timestamp in whole milliseconds expected, found " + quoted(line));
    }
    if (ms < 0) lines.fail("timestamp is negative (" + std::to_string(ms) + ")");
    if (ms > kLongestTraceMs) lines.fail("timestamp too large (" + std::to_string(ms) + ")");
    if (!times.empty() && ms < times.back()) {
      lines.fail("timestamps decrease (" + std::to_string(times.back()) + ", " +
                 std::to_string(ms) + ")");
    }
    times.push_back(ms);
  }
  return times;
}

// Packets of one bin, as a rate. Rounds to the nearest bit per second.
BitsPerSecond packets_per(std::int64_t packets, Duration length) {
  const double bits = static_cast<double>(packets * kMahimahiPacket.count() * 8);
  return BitsPerSecond(std::llround(bits / to_seconds(length)));
}

struct TimeAndRate {
  Duration time{0};
  BitsPerSecond rate;
};

TimeAndRate parse_row(const LineReader& lines, std::string_view row) {
  const auto comma = row.find(',');
  double time_s = 0.0;
  double mbps = 0.0;
  if (comma == std::string_view::npos || !parse_whole(row.substr(0, comma), &time_s) ||
      !parse_whole(row.substr(comma + 1), &mbps)) {
    lines.fail("two numbers 'time_s,mbps' expected, found " + quoted(row));
  }
  if (!std::isfinite(time_s) || time_s < 0.0 || time_s * 1e3 > kLongestTraceMs) {
    lines.fail("time_s out of range in " + quoted(row));
  }
  if (!std::isfinite(mbps) || mbps < 0.0 || mbps > 1e9) {
    lines.fail("mbps out of range in " + quoted(row));
  }
  return {from_seconds(time_s), at_least_slowest(from_megabits_per_second(mbps))};
}

class TraceBandwidth final : public BandwidthModel {
 public:
  explicit TraceBandwidth(BandwidthTrace trace) : segments_(std::move(trace.segments)) {}

  RateSegment next() override {
    const RateSegment segment = segments_[next_];
    next_ = next_ + 1 == segments_.size() ? 0 : next_ + 1;
    return segment;
  }

  RateRange range() const override {
    const auto [slowest, fastest] = std::minmax_element(
        segments_.begin(), segments_.end(),
        [](const RateSegment& x, const RateSegment& y) { return x.rate < y.rate; });
    return {slowest->rate, fastest->rate};
  }

 private:
  std::vector<RateSegment> segments_;
  std::size_t next_ = 0;
};

}  // namespace

BandwidthTrace load_mahimahi_trace(const std::string& path, Duration bin) {
  constexpr Duration millisecond = std::chrono::milliseconds(1);
  if (bin < millisecond || bin % millisecond != Duration(0)) {
    throw ConfigError(path + ": the bin must be a positive number of whole milliseconds");
  }
  LineReader lines(path);
  const std::vector<std::int64_t> times = read_timestamps_ms(lines);
  if (times.empty()) lines.fail_file("no timestamps");
  const std::int64_t period = times.back();
  if (period == 0) lines.fail_file("all timestamps are 0, the trace has no length");

  const std::int64_t bin_ms = bin / millisecond;
  BandwidthTrace trace;
  auto packet = times.begin();
  for (std::int64_t start = 0; start < period; start += bin_ms) {
    const std::int64_t end = std::min(start + bin_ms, period);
    const auto stop = std::upper_bound(packet, times.end(), end);
    const Duration length = (end - start) * millisecond;
    trace.segments.push_back({at_least_slowest(packets_per(stop - packet, length)), length});
    packet = stop;
  }
  return trace;
}

BandwidthTrace load_csv_trace(const std::string& path) {
  LineReader lines(path);
  std::string line;
  if (!lines.next(&line)) lines.fail_file("empty, the header 'time_s,mbps' expected");
  if (line != "time_s,mbps") lines.fail("the header 'time_s,mbps' expected, found " + quoted(line));

  BandwidthTrace trace;
  TimeAndRate row;
  while (lines.next(&line)) {
    const TimeAndRate next = parse_row(lines, line);
    if (trace.segments.empty()) {
      if (next.time != Duration(0)) lines.fail("the first time_s must be 0");
    } else {
      if (next.time <= row.time) lines.fail("time_s does not increase");
      trace.segments.back().length = next.time - row.time;
    }
    trace.segments.push_back({next.rate, Duration::max()});
    row = next;
  }
  if (trace.segments.empty()) lines.fail_file("no rows after the header");
  const std::size_t rows = trace.segments.size();
  if (rows > 1) trace.segments.back().length = trace.segments[rows - 2].length;
  return trace;
}

std::unique_ptr<BandwidthModel> make_trace_bandwidth(BandwidthTrace trace) {
  ACCEPTLAB_CHECK(!trace.segments.empty());
  return std::make_unique<TraceBandwidth>(std::move(trace));
}

}  // namespace acceptlab::sim
