#include "app/device/epoch_order.h"

#include "app/device/record_json.h"

namespace acceptlab::app {

void EpochOrder::record(const EpochSample& sample) {
  if (!missing_.empty()) {
    later_.push_back([this, sample] { record(sample); });
    return;
  }
  if (workers_.empty()) return target_.record(sample);
  epoch_ = sample;
  missing_ = workers_;
  ask_();
}

void EpochOrder::take(DeviceId from, const nlohmann::json& records, bool asked) {
  replay_records(records, target_);
  if (asked && missing_.erase(from) > 0) settle();
}

void EpochOrder::skip(DeviceId worker) {
  if (missing_.erase(worker) > 0) settle();
}

void EpochOrder::excuse(DeviceId worker) {
  workers_.erase(worker);
  skip(worker);
}

// Once all have answered: the epoch's end and what came behind it, until the end of another epoch,
// which waits in its turn.
void EpochOrder::settle() {
  if (!missing_.empty()) return;
  target_.record(epoch_);
  while (missing_.empty() && !later_.empty()) {
    const std::function<void()> next = std::move(later_.front());
    later_.pop_front();
    next();
  }
}

}  // namespace acceptlab::app
