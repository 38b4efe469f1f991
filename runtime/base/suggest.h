#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace acceptlab {

// Insertions, deletions, replacements and swaps of neighbours that lead from a to b.
int edit_distance(std::string_view a, std::string_view b);

// The candidate that `text` was probably meant to be; empty if none is near.
std::string nearest(const std::string& text, const std::vector<std::string>& candidates);

// "; did you mean 'x'?", or nothing.
std::string hint(const std::string& text, const std::vector<std::string>& candidates);

}  // namespace acceptlab
