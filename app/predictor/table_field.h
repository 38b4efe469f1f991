#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "results/csv.h"

namespace acceptlab::app {

// Numbers of a CSV table, checked: errors are ConfigErrors "FILE:LINE: column NAME: rule, value".
class TableField {
 public:
  // `table` outlives this object.
  TableField(std::filesystem::path file, const results::CsvTable& table);

  double number(std::size_t row, const std::string& column, double low, double high) const;
  std::int64_t integer(std::size_t row, const std::string& column, std::int64_t low,
                       std::int64_t high) const;
  [[noreturn]] void fail(std::size_t row, const std::string& column, const std::string& rule) const;

 private:
  const std::string& text(std::size_t row, const std::string& column) const;

  std::filesystem::path file_;
  const results::CsvTable& table_;
};

}  // namespace acceptlab::app
