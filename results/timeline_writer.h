#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "results/run_records.h"
#include "runtime/samples.h"

namespace acceptlab::results {

// Writes the first batches of the first epoch in the Chrome trace event format (a JSON array),
// which Perfetto opens: a process per device with the threads compute, codec and wait, and a
// process "links" with a thread per direction. Messages of one direction that overlap in time take
// further threads, because slices of one thread may not. A change of the plan has a process of its
// own: how long the pipeline drained and units moved, or devices were probed and went back to a
// snapshot. An array without its closing bracket is
// valid in that format, so a killed run leaves a timeline that opens.
class TimelineWriter {
 public:
  TimelineWriter(const std::filesystem::path& path, const RunDescription& description);

  // Requires: spans of one device in order of time.
  void add(const OpSpan& span);
  void add(const MessageSpan& span);
  void add(const RepartitionSample& sample);
  void add(const RecoverySample& sample);
  void close();
  bool good() const { return out_.good(); }

 private:
  struct Slice;
  struct Lane {
    int tid = 0;
    TimePoint free_from{};
  };

  bool wanted(const BatchKey& key) const;
  void operation(const OpSpan& span);
  void slice(const Slice& slice);
  void name_device(DeviceId device);
  void name_plan_changes();
  int lane_for(const MessageSpan& span);
  void event(const std::string& json);

  std::ofstream out_;
  std::vector<std::string> device_names_;
  int batches_;
  bool first_ = true;
  bool plan_changed_ = false;
  int next_lane_ = 1;
  std::map<DeviceId, TimePoint> idle_since_;  // of every device that has worked
  std::set<DeviceId> named_;
  std::map<std::pair<DeviceId, DeviceId>, std::vector<Lane>> lanes_;
};

}  // namespace acceptlab::results
