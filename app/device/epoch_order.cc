#include "app/device/epoch_order.h"

#include "app/device/record_json.h"
#include "runtime/base/check.h"

namespace acceptlab::app {

void EpochOrder::record(const EpochSample& sample) {
  if (missing_ > 0) {
    later_.push_back([this, sample] { record(sample); });
    return;
  }
  if (workers_ == 0) return target_.record(sample);
  epoch_ = sample;
  missing_ = workers_;
  ask_();
}

void EpochOrder::take(const nlohmann::json& records, bool asked) {
  replay_records(records, target_);
  if (!asked) return;
  ACCEPTLAB_CHECK(missing_ > 0);
  if (--missing_ > 0) return;
  target_.record(epoch_);
  // Until the end of another epoch, which waits in its turn.
  while (missing_ == 0 && !later_.empty()) {
    const std::function<void()> next = std::move(later_.front());
    later_.pop_front();
    next();
  }
}

}  // namespace acceptlab::app
