#include <gmock/gmock.h>

#include <cmath>
#include <cstring>

#include "tests/runtime/torch/pipeline.h"

namespace acceptlab::torch_stage {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::ThrowsMessage;

// Floats behind one byte that names the codec; notes what it was asked to encode and decode.
class TaggedCodec : public TensorCodec {
 public:
  explicit TaggedCodec(std::uint8_t tag) : tag_(tag) {}

  Bytes encoded_size(std::size_t count) const override {
    return Bytes(static_cast<std::int64_t>(1 + 4 * count));
  }
  Result<std::vector<std::uint8_t>> encode(Span<const float> values, TensorId id) override {
    for (const float v : values) {
      if (!std::isfinite(v)) return Error{ErrorKind::kUnsupported, "a value is not finite"};
    }
    encoded.push_back(id);
    std::vector<std::uint8_t> bytes(1 + values.size() * sizeof(float), tag_);
    std::memcpy(bytes.data() + 1, values.data(), bytes.size() - 1);
    return bytes;
  }
  Result<std::size_t> decode(Span<const std::uint8_t> bytes, TensorId id,
                             Span<float> values) override {
    if (bytes.size() != 1 + values.size() * sizeof(float) || bytes[0] != tag_) {
      return Error{ErrorKind::kCorrupt, "wrong tag"};
    }
    decoded.push_back(id);
    std::memcpy(values.data(), bytes.data() + 1, bytes.size() - 1);
    return bytes.size();
  }

  std::vector<TensorId> encoded;
  std::vector<TensorId> decoded;

 private:
  std::uint8_t tag_;
};

struct TwoStages {
  TaggedCodec forward{1};
  TaggedCodec backward{2};
  std::unique_ptr<TorchStage> first;
  std::unique_ptr<TorchStage> second;
  Batch batch;

  TwoStages() {
    TorchStageOptions options = whole_model({"cnn", 1.0, 10});
    batch = random_batch(options.input, 4, 10, 0);
    options.units = {0, 2};
    options.codecs.resize(1);
    options.codecs[0].output_activation = &forward;
    options.codecs[0].output_gradient = &backward;
    first = make_torch_stage(options);
    options.units = {2, 5};
    options.stage = 1;
    options.codecs.assign(1, {});
    options.codecs[0].input_activation = &forward;
    options.codecs[0].input_gradient = &backward;
    second = make_torch_stage(options);
  }

  Op op(OpKind kind) const {
    Op op;
    op.kind = kind;
    op.key.epoch = 3;
    op.key.batch = 5;
    op.samples = op.mini_batch_samples = 4;
    op.input = batch.image_payload(0, 4);
    op.labels = batch.label_payload(0, 4);
    return op;
  }
};

TEST(StageCodecs, EachDirectionUsesItsOwnCodecAndStream) {
  TwoStages stages;
  Op op = stages.op(OpKind::kForwardBackward);
  op.input = stages.first->perform(stages.op(OpKind::kForward)).output;
  EXPECT_EQ(op.input.size(), stages.forward.encoded_size(4 * 400));
  Op back = stages.op(OpKind::kBackward);
  back.input = stages.second->perform(op).output;
  EXPECT_EQ(back.input.size(), stages.backward.encoded_size(4 * 400));
  EXPECT_FALSE(stages.first->perform(back).output.has_bytes());
  EXPECT_THAT(stages.forward.encoded, ElementsAre(Field(&TensorId::stream, 0)));   // stage 0
  EXPECT_THAT(stages.backward.encoded, ElementsAre(Field(&TensorId::stream, 3)));  // stage 1
  EXPECT_EQ(stages.forward.encoded[0].message, stages.backward.encoded[0].message);
}

TEST(StageCodecs, BothEndsNameATensorAlike) {
  TwoStages stages;
  Op op = stages.op(OpKind::kForwardBackward);
  op.input = stages.first->perform(stages.op(OpKind::kForward)).output;
  Op back = stages.op(OpKind::kBackward);
  back.input = stages.second->perform(op).output;
  stages.first->perform(back);
  for (const TaggedCodec* codec : {&stages.forward, &stages.backward}) {
    ASSERT_EQ(codec->encoded.size(), 1u);
    ASSERT_EQ(codec->decoded.size(), 1u);
    EXPECT_EQ(codec->encoded[0].stream, codec->decoded[0].stream);
    EXPECT_EQ(codec->encoded[0].message, codec->decoded[0].message);
    EXPECT_EQ(codec->encoded[0].epoch, 3);
    EXPECT_EQ(codec->decoded[0].epoch, 3);
  }
}

TEST(StageCodecs, TheOperationSaysWhichOfThemEncodes) {
  TaggedCodec other{7};
  TorchStageOptions options = whole_model({"cnn", 1.0, 10});
  const Batch batch = random_batch(options.input, 4, 10, 0);
  options.units = {0, 2};
  TaggedCodec first{1};
  options.codecs.resize(2);
  options.codecs[0].output_activation = &first;
  options.codecs[1].output_activation = &other;
  const auto stage = make_torch_stage(options);
  Op op;
  op.samples = op.mini_batch_samples = 4;
  op.input = batch.image_payload(0, 4);
  EXPECT_EQ(stage->perform(op).output.bytes()[0], 1);
  op.key.batch = 1;
  op.output_codec = 1;
  EXPECT_EQ(stage->perform(op).output.bytes()[0], 7);
}

TEST(StageCodecs, EvaluationBypassesThem) {
  TwoStages stages;
  Op op = stages.op(OpKind::kEvaluate);
  op.input = stages.first->perform(op).output;
  EXPECT_EQ(op.input.size(), Bytes(4 * 4 * 400));
  EXPECT_TRUE(stages.second->perform(op).score.has_value());
  EXPECT_TRUE(stages.forward.encoded.empty());
}

TEST(StageCodecs, BytesThatCannotBeDecodedAreReportedWithTheirBatch) {
  TwoStages stages;
  Op op = stages.op(OpKind::kForwardBackward);
  op.input = Payload::of(std::vector<std::uint8_t>(1 + 4 * 4 * 400, 9));
  EXPECT_THAT([&] { stages.second->perform(op); },
              ThrowsMessage<std::runtime_error>(
                  AllOf(HasSubstr("stage 1"), HasSubstr("batch 5"), HasSubstr("wrong tag"))));
}

TEST(StageCodecs, RefusedValuesAreExplainedAsDivergence) {
  TwoStages stages;
  Op update = stages.op(OpKind::kUpdate);
  update.learning_rate = 1e38;  // overflows the weights
  stages.first->perform(stages.op(OpKind::kForward));
  Op back = stages.op(OpKind::kBackward);
  std::vector<std::uint8_t> bytes(1 + 4 * 4 * 400, 2);
  const float large = 1e10F;
  for (std::size_t i = 1; i < bytes.size(); i += 4) std::memcpy(&bytes[i], &large, sizeof large);
  back.input = Payload::of(bytes);
  stages.first->perform(back);
  stages.first->perform(update);
  Op next = stages.op(OpKind::kForward);
  next.version = 1;
  EXPECT_THAT([&] { stages.first->perform(next); },
              ThrowsMessage<std::runtime_error>(
                  AllOf(HasSubstr("stage 0"), HasSubstr("not finite"), HasSubstr("diverged"))));
}

}  // namespace
}  // namespace acceptlab::torch_stage
