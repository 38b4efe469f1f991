#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/base/units.h"
#include "runtime/ports/forecaster.h"

namespace acceptlab {

// One unit of a model: what crosses the cut after it, what it weighs, and its time on one device.
struct UnitProfile {
  std::string name;
  std::vector<int> output_shape;   // without the batch dimension
  std::int64_t output_values = 0;  // per sample: float32 values crossing the cut after this unit
  std::int64_t parameter_values = 0;
  Duration forward{0};  // of the profile's batch
  Duration backward{0};
  Duration update{0};  // optimizer step of its parameters
};

// Processor time of a codec: nanoseconds per float32 value.
struct CodecSpeed {
  double encode_ns_per_value = 0.0;
  double decode_ns_per_value = 0.0;
};

// How a sub-model's time was measured.
struct SubModelDetail {
  StageTime cpu;        // medians, by the thread's processor time
  StageTime wall;       // and by a clock on the wall
  double spread = 0.0;  // median distance from the median, as a part of it; of the clock in use
  int samples = 0;
};

// The measured times of one device for one model. Times not listed are
// sums over units.
struct DeviceProfile {
  std::string model;   // registry name
  double width = 1.0;  // width multiplier
  int classes = 10;
  int batch_samples = 0;  // mini-batch the times were measured at
  std::string device;     // free text: what was measured, under which restriction
  std::map<std::string, std::string> environment;  // threads, instruction set, library versions...
  std::vector<UnitProfile> units;
  std::map<UnitRange, StageTime> sub_models;    // measured whole; may be empty
  std::map<UnitRange, SubModelDetail> details;  // of none, or of some of them
  std::map<std::string, CodecSpeed> codecs;     // by CodecSpec name, e.g. "mbq4"

  // A measured sub-model where there is one, else the sum of its units.
  StageTime time(UnitRange range) const;
  Duration update_time(UnitRange range) const;
};

}  // namespace acceptlab
