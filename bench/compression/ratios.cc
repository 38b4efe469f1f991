#include "bench/compression/ratios.h"

#include <cstdio>
#include <utility>
#include <vector>

#include "bench/compression/allocations.h"
#include "bench/compression/goals.h"
#include "bench/compression/inputs.h"
#include "bench/compression/peers/peer.h"
#include "bench/compression/provenance.h"
#include "bench/compression/report.h"
#include "bench/compression/sides.h"

namespace acceptlab::codec_bench {

namespace {

constexpr Data kAllData[] = {Data::kActivations, Data::kGradients};
constexpr Operation kOperations[] = {Operation::kEncode, Operation::kDecode};
// What must not allocate; the last three take memory for the mask, the fit or zstd.
constexpr const char* kSteadyCodecs[] = {"none", "fp16",       "uniform4",          "suq4",
                                         "mbq4", "suq4-zeros", "mbq4-alternating3", "suq4-zstd"};

bool is_memory_work(const std::string& name) {
  for (const char* work : kMemoryWorks) {
    if (name == work) return true;
  }
  return false;
}

class Ratios {
 public:
  explicit Ratios(const RatioOptions& options) : options_(options) {}

  bool run() {
    const std::vector<std::string> source = provenance(options_.command, options_.simd_target);
    for (const std::string& line : source) std::printf("%s\n", line.c_str());
    if (options_.only.empty()) compare_memory();
    compare_with_goals();
    compare_with_peers();
    count_allocations();
    if (!options_.csv.empty()) write_csv(options_.csv, source, rows_);
    print_summary();
    return faults_ == 0;
  }

 private:
  bool wants(const std::string& codec) const {
    return codec.find(options_.only) != std::string::npos;
  }

  void compare_memory() {
    print_heading("memory");
    for (const std::size_t values : {kHotValues, kColdValues}) {
      for (const char* name : kMemoryWorks) {
        Row row{"memory", "", "", values, memory_side(name, values)};
        row.reference = memory_side("memcpy", values);
        fight(std::move(row));
      }
    }
  }

  void compare_with_goals() {
    print_heading("goals");
    for (const Goal& goal : goals()) {
      for (const Data data : kAllData) {
        if (wants(goal.codec) && takes(goal.codec, data)) compare(goal, data, "goals");
      }
    }
  }

  void compare_with_peers() {
    print_heading("peers: ratio = ours / peer");
    for (const Peer& peer : peers()) {
      for (const Operation operation : kOperations) {
        for (const Data data : kAllData) {
          if (!wants(peer.ours)) continue;
          compare({peer.ours, operation, peer.name, kHotValues}, data, "peers");
        }
      }
    }
  }

  void compare(const Goal& goal, Data data, const char* section) {
    Result<Side> ours = coder_side(goal.codec, goal.operation, data, goal.values);
    if (!ours) return report_fault(ours.error().message);
    Row row{section, to_string(goal.operation), to_string(data), goal.values,
            std::move(ours).value()};
    if (is_memory_work(goal.reference)) {
      row.reference = memory_side(goal.reference, goal.values);
    } else {
      Result<Side> peer = coder_side(goal.reference, goal.operation, data, goal.values);
      if (!peer) return report_fault(peer.error().message);
      row.reference = std::move(peer).value();
    }
    row.goal = goal.of(options_.simd_target);
    fight(std::move(row));
  }

  void fight(Row row) {
    row.result = duel(row.candidate.work, row.reference.work, options_.duel_seconds);
    print_row(row);
    row.candidate.work = row.reference.work = nullptr;  // frees their buffers
    rows_.push_back(std::move(row));
  }

  void count_allocations() {
    std::printf("\nheap allocations of 16 calls, after 2\n");
    for (const char* codec : kSteadyCodecs) {
      for (const Operation operation : kOperations) {
        if (wants(codec)) count_allocations(codec, operation);
      }
    }
  }
  void count_allocations(const char* codec, Operation operation) {
    const Result<Side> side = coder_side(codec, operation, Data::kActivations, kHotValues);
    if (!side) return report_fault(side.error().message);
    const Work& work = side.value().work;
    for (int warmup = 0; warmup < 2; ++warmup) work();
    const std::int64_t before = heap_allocations();
    for (int call = 0; call < 16; ++call) work();
    const auto made = static_cast<long long>(heap_allocations() - before);
    std::printf("%-7s %-20s %lld\n", to_string(operation), codec, made);
    if (made > 0) report_fault(std::string(codec) + " allocates");
  }

  void report_fault(const std::string& message) {
    ++faults_;
    std::fflush(stdout);
    std::fprintf(stderr, "FAULT: %s\n", message.c_str());
  }

  void print_summary() const {
    int goals = 0;
    int misses = 0;
    for (const Row& row : rows_) {
      goals += row.goal ? 1 : 0;
      misses += row.misses_goal() ? 1 : 0;
    }
    std::printf("\n%d of %d goals met, %d faults\n", goals - misses, goals, faults_);
  }

  const RatioOptions& options_;
  std::vector<Row> rows_;
  int faults_ = 0;
};

}  // namespace

bool run_ratios(const RatioOptions& options) { return Ratios(options).run(); }

}  // namespace acceptlab::codec_bench
