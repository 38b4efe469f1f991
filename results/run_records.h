#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/base/units.h"
#include "runtime/plan.h"

namespace acceptlab::results {

// What is known of a run before its first batch. Texts are the caller's; nothing is looked up.
struct RunDescription {
  std::string name;      // of the scenario
  std::string command;   // as typed
  std::string revision;  // of the sources, e.g. "v0.1.0-12-gabc1234"
  std::uint64_t seed = 0;
  std::map<std::string, std::string> versions;  // of libraries
  std::map<std::string, std::string> machine;   // processor, cores, kernel...
  std::string started;                          // wall clock, UTC, "2024-05-01T12:00:00Z"
  std::string scenario_toml;                    // the resolved scenario, whole
  std::string scenario_hash;

  std::string method;                      // "even", "ftpipehd+codec", ...
  std::string model;                       // "mobilenetv2 width 0.5"
  std::string data_set;                    // "fashion-mnist"
  bool synthetic_data = false;             // made up: its accuracy says nothing about real data
  std::string network_model;               // "packet", "message", "sockets"
  std::string cost_source;                 // "measured", "profile", "predicted"
  std::string clock = "virtual";           // whose time the times are: "virtual" or "wall"
  std::optional<double> bandwidth_mbit_s;  // nominal, of the default link; for sweeps

  Plan plan;
  // By PlannedStage::codec: "mbq4/suq8". Plans name them where there are several.
  std::vector<std::string> codec_names;
  // float32 of one sample that leave each unit; empty: bits per value are not known.
  std::vector<std::int64_t> unit_output_values;
  std::vector<Bytes>
      codec_memory;  // by stage: what its codecs remember of messages; empty: nothing
  std::vector<std::string> device_names;  // by DeviceId::value; shorter is fine
  int warmup_batches = 0;    // of every epoch: the pipeline fills, so they are not measured
  int timeline_batches = 0;  // the first of the first epoch, drawn in timeline.json

  // "" where it has no name.
  std::string device_name(DeviceId device) const {
    const auto index = static_cast<std::size_t>(device.value);
    return device.value >= 0 && index < device_names.size() ? device_names[index] : "";
  }
};

// What one direction of one link carried.
struct LinkRow {
  DeviceId from;
  DeviceId to;
  std::int64_t messages = 0;
  Bytes message_bytes;  // headers and payloads of frames
  Bytes wire_bytes;     // with all lower headers, acknowledgements, retransmissions
  std::int64_t dropped_packets = 0;
  Duration busy{0};      // time the link was sending
  Duration observed{0};  // time over which `busy` was counted

  // Share of the observed time that the link was sending; 0 where nothing was observed.
  double utilisation_percent() const {
    if (observed <= Duration(0)) return 0.0;
    return 100.0 * static_cast<double>(busy.count()) / static_cast<double>(observed.count());
  }
};

// What learning from the devices' reports and deciding on plans took on this machine.
struct AdaptationCost {
  std::int64_t observations = 0;  // stage times that were learned from
  Duration learning{0};
  std::int64_t decisions = 0;  // asked for a better plan
  Duration deciding{0};        // predicting all times and solving
};

// What is known once it is over.
struct RunEnd {
  std::vector<LinkRow> links;                // empty where the network cannot tell
  std::optional<Duration> single_device;     // time per batch of the best device alone
  double wall_s = 0.0;                       // what the run took on this machine
  std::optional<AdaptationCost> adaptation;  // unset: the plan could not change
  std::vector<std::string> warnings;         // beside those that the records give rise to
};

}  // namespace acceptlab::results
