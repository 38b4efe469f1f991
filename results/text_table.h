#pragma once

#include <string>
#include <vector>

namespace acceptlab::results {

// A table for a terminal: columns as wide as their widest cell, numbers right-aligned, a rule under
// the header, two spaces between columns.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header);
  // Requires: a cell per column.
  void row(std::vector<std::string> cells);
  bool empty() const { return rows_.size() == 1; }
  // Each line begins with `indent` spaces and ends with '\n', without trailing spaces.
  std::string render(int indent = 0) const;

 private:
  std::vector<std::vector<std::string>> rows_;  // the header first
};

}  // namespace acceptlab::results
