// Programs that must not compile, one per macro; CMakeLists.txt compiles each and expects the
// error. Without a macro the file compiles: what surrounds the misuse is right.
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/base/result.h"
#include "runtime/base/span.h"
#include "runtime/base/units.h"

namespace acceptlab {

Result<int> parse() { return 1; }

void misuse() {
  using namespace literals;
  const Duration time = 3ms;
  const TimePoint point = TimePoint{} + time;
  const Bytes size = 5_KiB;
  const BitsPerSecond rate = 7_Mbps;
  const std::vector<int> constants = {1, 2};

  // The right uses.
  Bytes sum = size + rate * (point - TimePoint{});
  Duration transfer = sum / rate + time;
  const Span<const int> view = constants;
  const Result<int> parsed = parse();

#if defined(ADD_BYTES_AND_DURATION)
  sum = size + time;
#elif defined(ADD_BYTES_AND_NUMBER)
  sum = size + 5;
#elif defined(ADD_BYTES_AND_RATE)
  sum = size + rate;
#elif defined(ASSIGN_NUMBER_TO_BYTES)
  sum = 5;
#elif defined(ASSIGN_BYTES_TO_NUMBER)
  const long count = size;
#elif defined(ASSIGN_NUMBER_TO_DURATION)
  transfer = 5;
#elif defined(ASSIGN_NUMBER_TO_RATE)
  const BitsPerSecond other = 5;
#elif defined(ASSIGN_FRACTION_OF_NANOSECOND)
  transfer = std::chrono::duration<double, std::milli>(0.1);
#elif defined(ASSIGN_DURATION_TO_TIME_POINT)
  const TimePoint other = time;
#elif defined(ADD_TIME_POINTS)
  const TimePoint other = point + point;
#elif defined(DIVIDE_RATE_BY_BYTES)
  transfer = rate / size;
#elif defined(MULTIPLY_BYTES)
  sum = size * size;
#elif defined(COMPARE_BYTES_AND_RATE)
  const bool less = size < rate;
#elif defined(ASK_WORLD_FOR_NOW)
  const TimePoint other = WorldClock::now();
#elif defined(MIX_CLOCKS)
  const TimePoint other = std::chrono::steady_clock::time_point{};
#elif defined(ASSIGN_NUMBER_TO_DEVICE)
  const DeviceId device = 1;
#elif defined(WRITE_THROUGH_CONST_VECTOR)
  const Span<int> writable = constants;
#elif defined(IGNORE_RESULT)
  parse();
#endif

  static_cast<void>(transfer);
  static_cast<void>(view);
  static_cast<void>(parsed);
}

}  // namespace acceptlab
