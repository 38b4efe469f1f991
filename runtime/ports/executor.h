#pragma once

#include "runtime/operation.h"

namespace acceptlab {

// A device's processor: does one operation at a time. The end is reported in an event of its own:
// never inside run().
class Executor {
 public:
  virtual ~Executor() = default;
  virtual void run(Op op) = 0;
};

}  // namespace acceptlab
