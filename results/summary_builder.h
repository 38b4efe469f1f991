#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "results/measured_time.h"
#include "results/recovery_log.h"
#include "results/run_records.h"
#include "results/run_summary.h"
#include "runtime/samples.h"

namespace acceptlab::results {

// Takes the records of a run and makes its summary. Holds the records of one epoch at a time.
class SummaryBuilder {
 public:
  explicit SummaryBuilder(RunDescription description);

  void add(const StageSample& sample);
  void add(const BatchSample& sample);
  void add(const EpochSample& sample);  // ends the epoch: nothing more of it may follow
  void add(const MessageSpan& span);
  void add(const RepartitionSample& sample);
  void add(const ReplicationSample& sample);
  void add(const RecoverySample& sample);

  // Includes an epoch that was not ended. Leaves the builder as it was.
  RunSummary summarise(const RunEnd& end) const;

 private:
  struct Traffic {
    Bytes training;
    Bytes all;
  };

  // The time in which one plan was in force.
  struct Reign {
    Plan plan;
    MeasuredTime steady;  // without the warm-up
    MeasuredTime whole;   // with it: where there is nothing but warm-up
    void add(const EpochLog& log, int warmup);
    const MeasuredTime& measured() const { return steady.batches > 0 ? steady : whole; }
  };

  struct Repartition {
    RepartitionSample sample;
    std::size_t reign_before = 0;
  };

  void add_stages(const Reign& last, RunSummary& summary) const;
  void begin_reign(const Plan& plan);
  void count_values(const StageSample& sample);
  void take_recoveries();
  void add_repartitions(const Reign& last, RunSummary& summary) const;
  void add_recoveries(RunSummary& summary) const;
  void add_cuts(const Reign& last, RunSummary& summary) const;
  void add_links(const RunEnd& end, RunSummary& summary) const;
  void add_times(const MeasuredTime& measured, const Reign& last, RunSummary& summary) const;
  void add_learning(RunSummary& summary) const;
  double training_share(DeviceId from, DeviceId to) const;
  void see(TimePoint time) { last_ = std::max(last_, time); }

  RunDescription description_;
  EpochLog epoch_;
  EpochLog part_;              // of the epoch: under the newest plan
  std::vector<Reign> reigns_;  // never empty
  std::vector<Repartition> repartitions_;
  RecoveryLog recovery_log_;
  std::vector<RecoveryRow> recoveries_;  // whose loss is made good
  ReplicationSummary replication_;
  MeasuredTime steady_;  // without the warm-up
  MeasuredTime whole_;   // with it: for runs with nothing but warm-up
  std::int64_t batches_ = 0;
  Bytes activation_bytes_;
  Bytes gradient_bytes_;
  std::map<std::uint32_t, Plan> plans_;  // by term
  std::int64_t activation_values_ = 0;   // float32 that crossed, by plans_
  std::int64_t gradient_values_ = 0;
  std::vector<std::int64_t> max_staleness_;  // by stage of the newest plan
  std::map<std::pair<DeviceId, DeviceId>, Traffic> traffic_;
  std::vector<EpochSample> epochs_;
  TimePoint last_{};
};

}  // namespace acceptlab::results
