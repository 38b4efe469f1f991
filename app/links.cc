#include "app/links.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "sim/dropped_bandwidth.h"
#include "sim/random_bandwidth.h"
#include "sim/step_bandwidth.h"
#include "sim/trace_bandwidth.h"

namespace acceptlab::app {

namespace {

using scenarios::BandwidthKind;
using scenarios::LinkSettings;

// Of TCP (with its timestamp option), IP and the link, on every segment.
constexpr double kHeaderBytesPerSegment = 54.0;

sim::BandwidthTrace load_trace(const LinkSettings& link) {
  const std::string csv = ".csv";
  const bool is_csv = link.trace.size() > csv.size() &&
                      link.trace.compare(link.trace.size() - csv.size(), csv.size(), csv) == 0;
  if (is_csv) return sim::load_csv_trace(link.trace);
  return sim::load_mahimahi_trace(link.trace, std::chrono::milliseconds(link.trace_bin_ms));
}

std::unique_ptr<sim::BandwidthModel> make_steps(const LinkSettings& link) {
  std::vector<sim::RateStep> steps;
  for (const scenarios::Step& step : link.steps) {
    steps.push_back({from_seconds(step.time_s), from_megabits_per_second(step.value)});
  }
  std::optional<Duration> period;
  if (link.steps_period_s > 0) period = from_seconds(link.steps_period_s);
  return sim::make_step_bandwidth(std::move(steps), period);
}

std::unique_ptr<sim::BandwidthModel> make_bandwidth(const LinkSettings& link, std::uint64_t seed,
                                                    const std::string& stream) {
  switch (link.bandwidth_model) {
    case BandwidthKind::kConstant:
      break;
    case BandwidthKind::kSteps:
      return make_steps(link);
    case BandwidthKind::kMarkov:
      return sim::make_markov_bandwidth(
          {from_megabits_per_second(link.markov_good_mbit_s),
           from_megabits_per_second(link.markov_bad_mbit_s), from_seconds(link.markov_good_mean_s),
           from_seconds(link.markov_bad_mean_s)},
          seed, stream);
    case BandwidthKind::kRandomWalk:
      return sim::make_random_walk_bandwidth({from_megabits_per_second(link.bandwidth_mbit_s),
                                              from_megabits_per_second(link.walk_min_mbit_s),
                                              from_megabits_per_second(link.walk_max_mbit_s),
                                              from_seconds(link.walk_interval_s), link.walk_step},
                                             seed, stream);
    case BandwidthKind::kTrace:
      return sim::make_trace_bandwidth(load_trace(link));
  }
  return sim::make_constant_bandwidth(from_megabits_per_second(link.bandwidth_mbit_s));
}

// The faults that take bandwidth from the link, which they do in both directions.
std::vector<sim::BandwidthDrop> drops_of(const scenarios::Scenario& scenario, int from, int to) {
  std::vector<sim::BandwidthDrop> drops;
  for (const scenarios::Fault& fault : scenario.faults) {
    const bool there = fault.from == from && fault.to == to;
    const bool back = fault.from == to && fault.to == from;
    if (fault.kind != scenarios::FaultKind::kBandwidth || !(there || back)) continue;
    drops.push_back(
        {from_seconds(fault.at_s.value()), from_seconds(fault.duration_s), fault.factor});
  }
  return drops;
}

sim::DirectionSpec make_direction(const scenarios::Scenario& scenario, int from, int to) {
  const LinkSettings& link = scenario.network.direction(from, to);
  sim::DirectionSpec direction;
  direction.bandwidth =
      make_bandwidth(link, static_cast<std::uint64_t>(scenario.seed),
                     "bandwidth " + std::to_string(from) + " to " + std::to_string(to));
  std::vector<sim::BandwidthDrop> drops = drops_of(scenario, from, to);
  if (!drops.empty()) {
    direction.bandwidth =
        sim::make_dropped_bandwidth(std::move(direction.bandwidth), std::move(drops));
  }
  direction.delay = from_milliseconds(link.delay_ms);
  direction.loss = link.loss_rate;
  direction.queue_packets = link.queue_packets;
  return direction;
}

// Mean over segments, weighted by their length.
double mean_mbit_s(const std::vector<sim::RateSegment>& segments) {
  double bits = 0.0;
  double seconds = 0.0;
  for (const sim::RateSegment& segment : segments) {
    if (segment.length == Duration::max()) return to_megabits_per_second(segment.rate);
    bits += static_cast<double>(segment.rate.count()) * to_seconds(segment.length);
    seconds += to_seconds(segment.length);
  }
  return bits / seconds * 1e-6;
}

double mean_of_steps(const LinkSettings& link) {
  if (link.steps_period_s <= 0) return link.steps.back().value;
  double sum = 0.0;
  for (std::size_t i = 0; i < link.steps.size(); ++i) {
    const double end = i + 1 < link.steps.size() ? link.steps[i + 1].time_s : link.steps_period_s;
    sum += link.steps[i].value * (end - link.steps[i].time_s);
  }
  return sum / link.steps_period_s;
}

sim::LinkSpec make_link(const scenarios::Scenario& scenario, DeviceId a, DeviceId b) {
  return {a, b, make_direction(scenario, a.value, b.value),
          make_direction(scenario, b.value, a.value)};
}

}  // namespace

std::vector<sim::LinkSpec> plan_links(const scenarios::Scenario& scenario, const Plan& plan) {
  std::vector<sim::LinkSpec> links;
  for (std::size_t s = 1; s < plan.stages.size(); ++s) {
    links.push_back(make_link(scenario, plan.stages[s - 1].device, plan.stages[s].device));
  }
  if (plan.stages.size() > 2) {
    links.push_back(make_link(scenario, plan.stages.front().device, plan.stages.back().device));
  }
  return links;
}

std::vector<sim::LinkSpec> all_links(const scenarios::Scenario& scenario) {
  std::vector<sim::LinkSpec> links;
  const int devices = static_cast<int>(scenario.devices.size());
  for (int a = 0; a < devices; ++a) {
    for (int b = a + 1; b < devices; ++b) {
      links.push_back(make_link(scenario, DeviceId{a}, DeviceId{b}));
    }
  }
  return links;
}

BitsPerSecond bandwidth_for(const scenarios::Scenario& scenario, BitsPerSecond payload_rate) {
  const double segment = scenario.network.segment_bytes;
  return from_megabits_per_second(to_megabits_per_second(payload_rate) *
                                  (segment + kHeaderBytesPerSegment) / segment);
}

double long_run_mbit_s(const LinkSettings& link) {
  switch (link.bandwidth_model) {
    case BandwidthKind::kConstant:
    case BandwidthKind::kRandomWalk:
      break;
    case BandwidthKind::kSteps:
      return mean_of_steps(link);
    case BandwidthKind::kMarkov:
      return (link.markov_good_mbit_s * link.markov_good_mean_s +
              link.markov_bad_mbit_s * link.markov_bad_mean_s) /
             (link.markov_good_mean_s + link.markov_bad_mean_s);
    case BandwidthKind::kTrace:
      return mean_mbit_s(load_trace(link).segments);
  }
  return link.bandwidth_mbit_s;
}

BitsPerSecond planning_rate(const scenarios::Scenario& scenario, int from, int to) {
  const double segment = scenario.network.segment_bytes;
  return from_megabits_per_second(long_run_mbit_s(scenario.network.direction(from, to)) * segment /
                                  (segment + kHeaderBytesPerSegment));
}

}  // namespace acceptlab::app
