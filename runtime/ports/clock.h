#pragma once

#include "runtime/base/units.h"

namespace acceptlab {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
};

}  // namespace acceptlab
