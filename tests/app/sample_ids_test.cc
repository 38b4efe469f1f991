#include "app/sample_ids.h"

#include <gtest/gtest.h>

#include "runtime/data/dataset_source.h"
#include "runtime/torch/stage.h"

namespace acceptlab::app {
namespace {

// Sample i is the byte i.
data::DatasetPair counted(int samples) {
  data::DatasetPair pair;
  pair.train.channels = pair.train.height = pair.train.width = 1;
  pair.train.classes = 256;
  for (int i = 0; i < samples; ++i) {
    pair.train.images.push_back(static_cast<std::uint8_t>(i));
    pair.train.labels.push_back(0);
  }
  return pair;
}

TEST(SampleIds, AreWhatTheCentralNodeSends) {
  const data::DatasetPair pair = counted(29);  // the last mini-batch is short: 8, 8, 8, 5
  TrainingShape shape;
  shape.train_samples = 29;
  shape.batch_samples = 8;
  shape.micro_batches = 3;
  data::DatasetSource source(pair, shape, 5);
  SampleIds ids(shape, 5);
  // Stages may be in different epochs of two messages that follow each other.
  for (const int epoch : {0, 1, 0, 2}) {
    for (int batch = 0; batch < 4; ++batch) {
      for (int micro = 0; micro < shape.micro_batches_in(Phase::kTrain, batch); ++micro) {
        const BatchKey key{Phase::kTrain, epoch, batch, micro};
        const Payload sent = source.inputs(key);
        const auto direction = torch_stage::Direction::kActivation;
        const std::vector<std::int64_t> found = ids(torch_stage::tensor_id(1, direction, key));
        EXPECT_EQ(found, std::vector<std::int64_t>(sent.bytes().begin(), sent.bytes().end()));
      }
    }
  }
}

}  // namespace
}  // namespace acceptlab::app
