// Runs a grid of links and message sizes on both networks and prints how far they are apart, as
// CSV with its provenance in comment lines:
//   compare_networks > results/network_models/packet_vs_message.csv

#include <ns3/version-defines.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <vector>

#include "bench/sim/network_case.h"

namespace acceptlab::sim {
namespace {

using Wall = std::chrono::steady_clock;

struct Run {
  std::vector<Duration> durations;
  double wall_s = 0.0;
};

Run timed(const NetworkCase& c, Model model) {
  const auto start = Wall::now();
  Run run;
  run.durations = run_case(c, model);
  run.wall_s = std::chrono::duration<double>(Wall::now() - start).count();
  return run;
}

double error_percent(Duration message, Duration packet) {
  return 100.0 * (to_seconds(message) / to_seconds(packet) - 1.0);
}

// Prints the summary to stderr, so that stdout is the table.
struct Spread {
  std::vector<double> errors;
  void add(double error) { errors.push_back(std::abs(error)); }
  void print(const char* what) {
    std::sort(errors.begin(), errors.end());
    std::fprintf(stderr, "%-28s median %.3f %%, 95th percentile %.3f %%, worst %.3f %%\n", what,
                 errors[errors.size() / 2], errors[errors.size() * 95 / 100], errors.back());
  }
};

void print_header() {
  char date[16];
  const std::time_t now = std::time(nullptr);
  std::strftime(date, sizeof date, "%Y-%m-%d", std::gmtime(&now));
  std::printf(
      "# command: bench/sim/compare_networks > results/network_models/packet_vs_message.csv\n"
      "# date: %s, acceptlab %s, ns-3 %d.%d, compiler %s\n"
      "# one link, the same rate and delay both ways; 'cold' is the first message of a "
      "connection,\n"
      "# 'warm' the last of the five that follow one another; both_ways: the other device does "
      "the\n"
      "# same at the same time. error: message network against packet network.\n"
      "rate_mbps,round_trip_ms,size_bytes,both_ways,packet_cold_ms,message_cold_ms,"
      "error_cold_percent,packet_warm_ms,message_warm_ms,error_warm_percent\n",
      date, ACCEPTLAB_VERSION, NS3_VERSION_MAJOR, NS3_VERSION_MINOR, __VERSION__);
}

void compare() {
  print_header();
  Spread cold[2];
  Spread warm[2];
  double wall_s[2] = {0.0, 0.0};
  for (const double mbps : {0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0}) {
    for (const int round_trip_ms : {1, 2, 5, 10, 20, 50}) {
      for (const int size : {10'000, 30'000, 100'000, 300'000, 1'000'000, 4'000'000}) {
        for (const bool both_ways : {false, true}) {
          const NetworkCase c{from_megabits_per_second(mbps), from_milliseconds(round_trip_ms),
                              Bytes(size), 5, both_ways};
          const Run packet = timed(c, Model::kPacket);
          const Run message = timed(c, Model::kMessage);
          wall_s[0] += packet.wall_s;
          wall_s[1] += message.wall_s;
          const double cold_error =
              error_percent(message.durations.front(), packet.durations.front());
          const double warm_error =
              error_percent(message.durations.back(), packet.durations.back());
          cold[both_ways].add(cold_error);
          warm[both_ways].add(warm_error);
          std::printf("%g,%d,%d,%d,%.4f,%.4f,%.3f,%.4f,%.4f,%.3f\n", mbps, round_trip_ms, size,
                      both_ways, to_milliseconds(packet.durations.front()),
                      to_milliseconds(message.durations.front()), cold_error,
                      to_milliseconds(packet.durations.back()),
                      to_milliseconds(message.durations.back()), warm_error);
        }
      }
    }
  }
  cold[0].print("one way, cold");
  warm[0].print("one way, warm");
  cold[1].print("both ways, cold");
  warm[1].print("both ways, warm");
  std::fprintf(stderr, "wall time: packet %.1f s, message %.3f s\n", wall_s[0], wall_s[1]);
}

}  // namespace
}  // namespace acceptlab::sim

int main() { acceptlab::sim::compare(); }
