#pragma once

#include <string>

namespace acceptlab::codec_bench {

struct RatioOptions {
  std::string command;
  std::string simd_target;    // the one in use
  std::string only;           // a part of the names of the codecs wanted; empty: all
  double duel_seconds = 0.5;  // how long each ratio is measured
  std::string csv;            // file to write; empty: none
};

// Prints how fast our codecs are beside memory and their peers. Returns false where a codec is
// wrong or allocates; a goal missed is no failure, for the machine may be busy.
// Throws ConfigError where the CSV file cannot be written.
bool run_ratios(const RatioOptions& options);

}  // namespace acceptlab::codec_bench
