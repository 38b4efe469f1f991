#include "app/predictor/table_field.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <utility>

#include "runtime/base/result.h"

namespace acceptlab::app {

TableField::TableField(std::filesystem::path file, const results::CsvTable& table)
    : file_(std::move(file)), table_(table) {}

const std::string& TableField::text(std::size_t row, const std::string& column) const {
  if (table_.column(column) == table_.columns.size()) {
    throw ConfigError(file_.string() + ":1: has no column '" + column + "'");
  }
  return table_.at(row, column);
}

void TableField::fail(std::size_t row, const std::string& column, const std::string& rule) const {
  throw ConfigError(fmt::format("{}:{}: column '{}': {}, got '{}'", file_.string(), row + 2, column,
                                rule, table_.at(row, column)));
}

double TableField::number(std::size_t row, const std::string& column, double low,
                          double high) const {
  const std::string& field = text(row, column);
  double value = 0.0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size() || !(value >= low) ||
      !(value <= high)) {
    fail(row, column, fmt::format("must be a number in {:g}..{:g}", low, high));
  }
  return value;
}

std::int64_t TableField::integer(std::size_t row, const std::string& column, std::int64_t low,
                                 std::int64_t high) const {
  const std::string& field = text(row, column);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size() || value < low || value > high) {
    fail(row, column, fmt::format("must be an integer in {}..{}", low, high));
  }
  return value;
}

}  // namespace acceptlab::app
