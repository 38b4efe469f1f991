#pragma once

#include <cstdint>
#include <ostream>
#include <string>

namespace acceptlab {

// Index of a device in the scenario; device 0 is the central node.
struct DeviceId {
  int value = 0;
  friend constexpr bool operator==(DeviceId a, DeviceId b) { return a.value == b.value; }
  friend constexpr bool operator!=(DeviceId a, DeviceId b) { return a.value != b.value; }
  friend constexpr bool operator<(DeviceId a, DeviceId b) { return a.value < b.value; }
  friend std::ostream& operator<<(std::ostream& out, DeviceId d) {
    return out << "device " << d.value;
  }
};
inline constexpr DeviceId kCentralNode{0};

// One of a device's alarms.
struct TimerId {
  int value = 0;
  friend constexpr bool operator==(TimerId a, TimerId b) { return a.value == b.value; }
  friend constexpr bool operator<(TimerId a, TimerId b) { return a.value < b.value; }
};

// A sub-model: the contiguous units [begin, end), counted from 0. People see units counted from 1
// and both ends included ("1..5"), as in the literature.
struct UnitRange {
  int begin = 0;
  int end = 0;
  constexpr int size() const { return end - begin; }
  constexpr int first_unit() const { return begin + 1; }
  constexpr int last_unit() const { return end; }
  friend constexpr bool operator==(UnitRange a, UnitRange b) {
    return a.begin == b.begin && a.end == b.end;
  }
  friend constexpr bool operator!=(UnitRange a, UnitRange b) { return !(a == b); }
  friend constexpr bool operator<(UnitRange a, UnitRange b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  }
};

inline std::string to_string(UnitRange range) {
  return std::to_string(range.first_unit()) + ".." + std::to_string(range.last_unit());
}
inline std::ostream& operator<<(std::ostream& out, UnitRange range) {
  return out << "units " << to_string(range);
}

}  // namespace acceptlab
