#pragma once

#include <filesystem>
#include <memory>

#include "results/run_folder.h"
#include "results/run_records.h"
#include "results/run_summary.h"
#include "runtime/base/result.h"
#include "runtime/ports/recorder.h"

namespace acceptlab::results {

// Writes a run folder while the run goes on (README: schema of its files) and sums it up at the
// end. Rows are flushed one by one: a killed run leaves readable files in X.partial. One thread.
class RunRecorder : public Recorder {
 public:
  // Writes scenario.resolved.toml, manifest.json and the heads of the tables into `folder`. Write
  // errors are kept and reported by finish().
  RunRecorder(RunFolder folder, RunDescription description);
  ~RunRecorder() override;

  void record(const StageSample& sample) override;
  void record(const BatchSample& sample) override;
  void record(const EpochSample& sample) override;
  void record(const RepartitionSample& sample) override;
  void record(const ReplicationSample& sample) override;
  void record(const RecoverySample& sample) override;
  void record(const OpSpan& span) override;
  void record(const MessageSpan& span) override;

  const std::filesystem::path& folder() const;
  // Writes links.csv, summary.json and the final manifest.json, and publishes the folder. Returns
  // kConfig, and publishes nothing, where a file could not be written. To be called once, last.
  Result<RunSummary> finish(const RunEnd& end);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace acceptlab::results
