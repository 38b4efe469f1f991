#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/compression/duel.h"

namespace acceptlab::codec_bench {

// One of the two sides of a comparison.
struct Side {
  std::string name;  // "suq4", "memcpy"
  Work work;
  std::optional<double> factor = {};  // of a coder: bytes of floats / bytes of the message
  std::optional<double> snr_db = {};
};

// How fast one is beside the other on the same floats.
struct Row {
  std::string section;    // "goals", "peers"
  std::string operation;  // "encode", "decode"
  std::string data;       // "act", "grad"
  std::size_t values = 0;
  Side candidate;
  Side reference = {};
  std::optional<double> goal = {};  // least speed-up
  DuelResult result = {};

  bool misses_goal() const { return goal && result.speed_up.median < *goal; }
  double candidate_gb_per_s() const;
  double reference_gb_per_s() const;
};

void print_heading(const std::string& section);
void print_row(const Row& row);

// Throws ConfigError where the file cannot be written.
void write_csv(const std::string& path, const std::vector<std::string>& provenance,
               const std::vector<Row>& rows);

}  // namespace acceptlab::codec_bench
