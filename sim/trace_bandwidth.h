#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/bandwidth_model.h"

namespace acceptlab::sim {

// A recorded trace: the whole of it, played over and over.
struct BandwidthTrace {
  std::vector<RateSegment> segments;
};

// Mahimahi format: one line is the millisecond at which one 1500-byte packet may pass; the file
// repeats with its last timestamp as the period. The packets of each bin of `bin` become a rate (a
// packet at millisecond t > 0 belongs to ((t-1) ms, t ms], so that the last one is inside the
// period). Throws ConfigError, with file and line, on anything else than such a file.
BandwidthTrace load_mahimahi_trace(const std::string& path,
                                   Duration bin = std::chrono::milliseconds(100));

// CSV with the header `time_s,mbps`: a row's rate holds until the next row's time. Times start at
// 0 and increase; the last row holds as long as the one before it (a single row for ever). Throws
// ConfigError, with file and line, on anything else.
BandwidthTrace load_csv_trace(const std::string& path);

// Plays the trace from its start, over and over. Requires: the trace is not empty.
std::unique_ptr<BandwidthModel> make_trace_bandwidth(BandwidthTrace trace);

}  // namespace acceptlab::sim
