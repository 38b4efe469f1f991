#include "app/sample_ids.h"

#include "runtime/data/dataset_source.h"
#include "runtime/torch/stage.h"

namespace acceptlab::app {

std::vector<std::int64_t> SampleIds::operator()(TensorId id) {
  const BatchKey key = torch_stage::encoded_tensor(id).key;
  if (ordered_epoch_ != key.epoch) {
    order_ = data::epoch_order(shape_.train_samples, seed_, key.epoch);
    ordered_epoch_ = key.epoch;
  }
  const auto first = order_.begin() + shape_.first_sample(key);
  return {first, first + shape_.samples_in_micro(key)};
}

}  // namespace acceptlab::app
