#include "runtime/sub_model_samples.h"

#include <algorithm>
#include <map>

#include "runtime/base/check.h"

namespace acceptlab {

namespace {

template <typename Get>
Duration median_of(const std::vector<SubModelSample>& samples, Get get) {
  std::vector<Duration> times;
  times.reserve(samples.size());
  for (const SubModelSample& sample : samples) times.push_back(get(sample));
  return median(std::move(times));
}

StageTime median_of(const std::vector<SubModelSample>& samples, StageTime SubModelSample::*clock) {
  return {median_of(samples, [&](const SubModelSample& s) { return (s.*clock).forward; }),
          median_of(samples, [&](const SubModelSample& s) { return (s.*clock).backward; })};
}

// Median distance from `middle`, as a part of it.
double spread(const std::vector<SubModelSample>& samples, StageTime SubModelSample::*clock,
              Duration middle) {
  if (middle == Duration(0)) return 0.0;
  const Duration distance = median_of(samples, [&](const SubModelSample& s) {
    return std::chrono::abs((s.*clock).total() - middle);
  });
  return static_cast<double>(distance.count()) / static_cast<double>(middle.count());
}

}  // namespace

Duration median(std::vector<Duration> times) {
  ACCEPTLAB_CHECK(!times.empty());
  std::sort(times.begin(), times.end());
  const std::size_t half = times.size() / 2;
  return times.size() % 2 == 1 ? times[half] : (times[half - 1] + times[half]) / 2;
}

const char* to_string(ProfileClock clock) { return clock == ProfileClock::kCpu ? "cpu" : "wall"; }

void enter_samples(const std::vector<SubModelSample>& samples, ProfileClock clock,
                   DeviceProfile& profile) {
  std::map<UnitRange, std::vector<SubModelSample>> by_units;
  for (const SubModelSample& sample : samples) by_units[sample.units].push_back(sample);
  const auto chosen = clock == ProfileClock::kCpu ? &SubModelSample::cpu : &SubModelSample::wall;
  for (const auto& [units, all] : by_units) {
    const StageTime time = median_of(all, chosen);
    profile.sub_models[units] = time;
    SubModelDetail& detail = profile.details[units];
    detail.cpu = median_of(all, &SubModelSample::cpu);
    detail.wall = median_of(all, &SubModelSample::wall);
    detail.spread = spread(all, chosen, time.total());
    detail.samples = static_cast<int>(all.size());
  }
}

}  // namespace acceptlab
