#include "predictor/probes.h"

#include <set>

namespace acceptlab::predictor {

std::vector<UnitRange> all_sub_models(int units) {
  std::vector<UnitRange> all;
  for (int begin = 0; begin < units; ++begin) {
    for (int end = begin + 1; end <= units; ++end) all.push_back({begin, end});
  }
  return all;
}

std::vector<UnitRange> fixed_probes(int units) {
  std::set<UnitRange> chosen;
  const auto choose = [&chosen](int begin, int end) {
    if (begin < end) chosen.insert({begin, end});
  };
  for (const int parts : {1, 2, 4}) {
    for (int part = 0; part < parts; ++part) {
      choose(units * part / parts, units * (part + 1) / parts);
    }
  }
  choose(0, 1);
  choose(units - 1, units);
  choose(units / 4, units * 3 / 4);
  // Of a small model some of these are the same: any others make up for them.
  for (const UnitRange range : all_sub_models(units)) {
    if (static_cast<int>(chosen.size()) >= kProbes) break;
    chosen.insert(range);
  }
  return {chosen.begin(), chosen.end()};
}

}  // namespace acceptlab::predictor
