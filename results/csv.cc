#include "results/csv.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

#include "results/text_file.h"

namespace acceptlab::results {
namespace {

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

// Splits text into records of fields. A record ends at a '\n' outside quotes; what follows the last
// one is dropped.
std::vector<std::vector<std::string>> split_records(const std::string& text) {
  std::vector<std::vector<std::string>> records;
  std::vector<std::string> record(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        record.back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        record.back() += text[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      record.emplace_back();
    } else if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
      continue;  // RFC 4180 ends lines with both
    } else if (c == '\n') {
      records.push_back(std::move(record));
      record.assign(1, "");
    } else {
      record.back() += c;
    }
  }
  return records;
}

}  // namespace

std::string format_fixed(double value, int decimals) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::string text = fmt::format("{:.{}f}", value, decimals);
  const bool zero = text.find_first_not_of("-0.") == std::string::npos;
  if (zero && text.front() == '-') text.erase(0, 1);
  return text;
}

std::optional<double> parse_number(const std::string& text) {
  double value = 0.0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::string format_scaled(std::int64_t value, int decimals) {
  std::uint64_t scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  const auto bits = static_cast<std::uint64_t>(value);
  const std::uint64_t magnitude = value < 0 ? 0 - bits : bits;
  return fmt::format("{}{}.{:0{}}", value < 0 ? "-" : "", magnitude / scale, magnitude % scale,
                     decimals);
}

std::string format_ms(Duration duration) { return format_scaled(duration.count(), 6); }
std::string format_ms(TimePoint time) { return format_ms(time.time_since_epoch()); }
std::string format_us(Duration duration) { return format_scaled(duration.count(), 3); }
std::string format_seconds(Duration duration) { return format_scaled(duration.count(), 9); }
std::string format_seconds(TimePoint time) { return format_seconds(time.time_since_epoch()); }

std::optional<int> parse_int(std::string_view text) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    if (&field != &fields.front()) line += ',';
    line += csv_field(field);
  }
  return line + '\n';
}

CsvFile::CsvFile(const std::filesystem::path& path, const std::vector<std::string>& columns)
    : out_(path, std::ios::binary), columns_(columns.size()) {
  row(columns);
}

void CsvFile::row(const std::vector<std::string>& fields) {
  ACCEPTLAB_CHECK(fields.size() == columns_);
  out_ << csv_line(fields) << std::flush;
}

std::size_t CsvTable::column(const std::string& name) const {
  std::size_t index = 0;
  while (index < columns.size() && columns[index] != name) ++index;
  return index;
}

const std::string& CsvTable::at(std::size_t row, const std::string& name) const {
  static const std::string nothing;
  const std::size_t index = column(name);
  return index == columns.size() ? nothing : rows[row][index];
}

Result<CsvTable> read_csv(const std::filesystem::path& path, LastLine last) {
  Result<std::string> read = read_text(path);
  if (!read.ok()) return read.error();
  std::string text = std::move(read).value();
  if (last == LastLine::kIsWhole && !text.empty() && text.back() != '\n') text += '\n';
  auto records = split_records(text);
  if (records.empty()) return Error{ErrorKind::kCorrupt, path.string() + ": has no header line"};
  CsvTable table;
  table.columns = std::move(records.front());
  for (std::size_t i = 1; i < records.size(); ++i) {
    if (records[i].size() != table.columns.size()) {
      return Error{ErrorKind::kCorrupt,
                   fmt::format("{}: record {} has {} fields, the header has {}", path.string(), i,
                               records[i].size(), table.columns.size())};
    }
    table.rows.push_back(std::move(records[i]));
  }
  return table;
}

}  // namespace acceptlab::results
