#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/base/units.h"

namespace acceptlab::results {

// Numbers as every file of a run writes them: fixed decimals, '.', the same on every machine.
std::string format_fixed(double value, int decimals);  // "nan", "inf", "-inf" where not finite
std::string format_scaled(std::int64_t value, int decimals);  // value * 10^-decimals, exactly
std::string format_ms(Duration duration);                     // exact: 6 decimals
std::string format_ms(TimePoint time);
std::string format_us(Duration duration);       // exact: 3 decimals
std::string format_seconds(Duration duration);  // exact: 9 decimals
std::string format_seconds(TimePoint time);

// A number as those are written; nothing where the text is none, or more than one.
std::optional<double> parse_number(const std::string& text);
// The number that the whole text is; unset where it is none, or none that fits.
std::optional<int> parse_int(std::string_view text);

// A file of comma-separated values (RFC 4180 quoting, '\n' line ends). Each row reaches the
// operating system before row() returns, so that a killed run leaves whole rows.
class CsvFile {
 public:
  CsvFile(const std::filesystem::path& path, const std::vector<std::string>& columns);
  // Requires: a field per column.
  void row(const std::vector<std::string>& fields);
  // False once anything could not be written.
  bool good() const { return out_.good(); }

 private:
  std::ofstream out_;
  std::size_t columns_;
};

// One line of a CSV file, with its line end.
std::string csv_line(const std::vector<std::string>& fields);

struct CsvTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // each with a field per column

  // The index of a column; columns.size() where there is none.
  std::size_t column(const std::string& name) const;
  // The field, or "" where there is no such column.
  const std::string& at(std::size_t row, const std::string& name) const;
};

// A last line without a line end.
enum class LastLine {
  kWasCut,   // by a kill, as in a file that CsvFile wrote: it is dropped
  kIsWhole,  // in a file made by others
};

// Reads a file as CsvFile writes it; lines may end with "\r\n", too. Returns kConfig where it
// cannot be read, kCorrupt on a row of another length than the first.
Result<CsvTable> read_csv(const std::filesystem::path& path, LastLine last = LastLine::kWasCut);

}  // namespace acceptlab::results
