#include "runtime/base/suggest.h"

#include <algorithm>
#include <cstddef>

namespace acceptlab {

int edit_distance(std::string_view a, std::string_view b) {
  // Optimal string alignment: row i holds the distances from a[0..i) to every beginning of b.
  std::vector<std::vector<int>> rows(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        rows[i][j] = static_cast<int>(i + j);
        continue;
      }
      const int replaced = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      rows[i][j] = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.size()][b.size()];
}

std::string nearest(const std::string& text, const std::vector<std::string>& candidates) {
  // A third of the letters wrong is still a slip; more is another word.
  int best = std::max(2, static_cast<int>(text.size()) / 3) + 1;
  std::string found;
  for (const std::string& candidate : candidates) {
    const int distance = edit_distance(text, candidate);
    if (distance < best && distance < static_cast<int>(candidate.size())) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

std::string hint(const std::string& text, const std::vector<std::string>& candidates) {
  const std::string found = nearest(text, candidates);
  return found.empty() ? "" : "; did you mean '" + found + "'?";
}

}  // namespace acceptlab
