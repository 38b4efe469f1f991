#include "results/text_table.h"

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"

namespace acceptlab::results {
namespace {

// Columns on the screen: UTF-8 continuation bytes take none.
std::size_t width_of(const std::string& cell) {
  return static_cast<std::size_t>(
      std::count_if(cell.begin(), cell.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool is_number(const std::string& cell) {
  return !cell.empty() && cell.find_first_not_of("0123456789.,+-x% ") == std::string::npos;
}

std::string padded(const std::string& cell, std::size_t width, bool right) {
  const std::string space(width - width_of(cell), ' ');
  return right ? space + cell : cell + space;
}

}  // namespace

TextTable::TextTable(std::vector<std::string> header) { rows_.push_back(std::move(header)); }

void TextTable::row(std::vector<std::string> cells) {
  ACCEPTLAB_CHECK(cells.size() == rows_.front().size());
  rows_.push_back(std::move(cells));
}

std::string TextTable::render(int indent) const {
  const std::size_t columns = rows_.front().size();
  std::vector<std::size_t> widths(columns, 0);
  std::vector<bool> right(columns, false);
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      widths[c] = std::max(widths[c], width_of(rows_[r][c]));
      if (r > 0 && is_number(rows_[r][c])) right[c] = true;
    }
  }
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  std::string text;
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string out = margin;
    for (std::size_t c = 0; c < columns; ++c) {
      out += (c == 0 ? "" : "  ") + padded(cells[c], widths[c], right[c]);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    text += out + '\n';
  };
  line(rows_.front());
  std::vector<std::string> rule;
  rule.reserve(columns);
  for (const std::size_t width : widths) rule.emplace_back(width, '-');
  line(rule);
  for (std::size_t r = 1; r < rows_.size(); ++r) line(rows_[r]);
  return text;
}

}  // namespace acceptlab::results
