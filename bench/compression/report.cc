#include "bench/compression/report.h"

#include <cstdio>
#include <fstream>

#include "bench/compression/inputs.h"
#include "runtime/base/result.h"

namespace acceptlab::codec_bench {

namespace {

std::string number(double value, const char* format) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string number(const std::optional<double>& value, const char* format, const char* none) {
  return value ? number(*value, format) : none;
}

double gb_per_s(std::size_t values, double seconds) {
  return 1e-9 * static_cast<double>(values * sizeof(float)) / seconds;
}

const char* verdict(const Row& row) {
  if (!row.goal) return "";
  return row.misses_goal() ? "miss" : "PASS";
}

std::string csv_side(const Side& side, double speed) {
  return side.name + ',' + number(speed, "%.4g") + ',' + number(side.factor, "%.4g", "") + ',' +
         number(side.snr_db, "%.2f", "");
}

std::string csv_line(const Row& row) {
  const Quartiles& ratio = row.result.speed_up;
  return row.section + ',' + row.operation + ',' + row.data + ',' + size_name(row.values) + ',' +
         csv_side(row.candidate, row.candidate_gb_per_s()) + ',' +
         csv_side(row.reference, row.reference_gb_per_s()) + ',' + number(ratio.median, "%.4g") +
         ',' + number(ratio.first, "%.4g") + ',' + number(ratio.third, "%.4g") + ',' +
         number(row.goal, "%g", "") + ',' + verdict(row);
}

}  // namespace

double Row::candidate_gb_per_s() const { return gb_per_s(values, result.candidate_seconds); }
double Row::reference_gb_per_s() const { return gb_per_s(values, result.reference_seconds); }

void print_heading(const std::string& section) {
  std::printf("\n%s\n%-7s %-4s %-6s  %-20s %7s %6s %6s  %-20s %7s %6s %6s  %7s %-17s %5s\n",
              section.c_str(), "", "data", "size", "candidate", "GB/s", "factor", "SNR dB",
              "reference", "GB/s", "factor", "SNR dB", "ratio", "[quartiles]", "goal");
}

void print_row(const Row& row) {
  const Side& a = row.candidate;
  const Side& b = row.reference;
  const Quartiles& ratio = row.result.speed_up;
  const std::string spread =
      '[' + number(ratio.first, "%.3g") + ", " + number(ratio.third, "%.3g") + ']';
  std::printf("%-7s %-4s %-6s  %-20s %7.2f %6s %6s  %-20s %7.2f %6s %6s  %7.3g %-17s %5s %s\n",
              row.operation.c_str(), row.data.c_str(), size_name(row.values), a.name.c_str(),
              row.candidate_gb_per_s(), number(a.factor, "%.2f", "-").c_str(),
              number(a.snr_db, "%.1f", "-").c_str(), b.name.c_str(), row.reference_gb_per_s(),
              number(b.factor, "%.2f", "-").c_str(), number(b.snr_db, "%.1f", "-").c_str(),
              ratio.median, spread.c_str(), number(row.goal, "%g", "-").c_str(), verdict(row));
  std::fflush(stdout);
}

void write_csv(const std::string& path, const std::vector<std::string>& provenance,
               const std::vector<Row>& rows) {
  std::ofstream file(path);
  for (const std::string& line : provenance) file << "# " << line << '\n';
  file << "section,operation,data,size,candidate,gb_per_s,factor,snr_db,reference,"
          "reference_gb_per_s,reference_factor,reference_snr_db,ratio,ratio_first_quartile,"
          "ratio_third_quartile,goal,verdict\n";
  for (const Row& row : rows) file << csv_line(row) << '\n';
  file.close();
  if (!file) throw ConfigError("cannot write " + path);
}

}  // namespace acceptlab::codec_bench
