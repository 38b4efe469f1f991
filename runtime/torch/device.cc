#include "runtime/torch/device.h"

#include <torch/torch.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/span.h"
#include "runtime/torch/cpu_timer.h"
#include "runtime/torch/model.h"

namespace acceptlab::torch_stage {
namespace {

bool within(const UnitState& unit, UnitRange range) {
  return unit.index >= range.begin && unit.index < range.end;
}

// The bytes of all tensors, one after another: both ends know the model.
Payload written(const std::vector<UnitState>& units, UnitRange range) {
  std::vector<std::uint8_t> bytes;
  for (const UnitState& unit : units) {
    if (!within(unit, range)) continue;
    for (const TensorState& tensor : unit.tensors) {
      bytes.insert(bytes.end(), tensor.bytes.begin(), tensor.bytes.end());
    }
  }
  return Payload::of(std::move(bytes));
}

// Fills those of `units` that `moved` holds.
void read_into(std::vector<UnitState>& units, const MovedUnits& moved) {
  std::vector<std::vector<std::uint8_t>*> parts;
  std::size_t expected = 0;
  for (UnitState& unit : units) {
    if (!within(unit, moved.units)) continue;
    for (TensorState& tensor : unit.tensors) {
      parts.push_back(&tensor.bytes);
      expected += tensor.bytes.size();
    }
  }
  const Span<const std::uint8_t> bytes = moved.state.bytes();
  if (bytes.size() != expected) {
    throw std::runtime_error("units " + to_string(moved.units) + " arrived with " +
                             std::to_string(bytes.size()) + " bytes where " +
                             std::to_string(expected) + " belong");
  }
  const std::uint8_t* next = bytes.data();
  for (std::vector<std::uint8_t>* part : parts) {
    std::copy_n(next, part->size(), part->begin());
    next += part->size();
  }
}

// A stream that a stage's codecs encode or decode.
struct Stream {
  TensorCodec* codec;
  std::uint64_t id;
};

std::vector<Stream> streams_of(const TorchStageOptions& stage) {
  const auto stream = [](int sender, Direction direction, std::uint32_t term) {
    return tensor_id(sender, direction, BatchKey{}, term).stream;
  };
  std::vector<Stream> streams;
  const auto add = [&streams](TensorCodec* codec, std::uint64_t id) {
    if (codec != nullptr) streams.push_back({codec, id});
  };
  for (const StageCodecs& codecs : stage.codecs) {
    if (stage.stage > 0) {
      add(codecs.input_activation,
          stream(stage.stage - 1, Direction::kActivation, stage.input_term));
      add(codecs.input_gradient, stream(stage.stage, Direction::kGradient, stage.input_term));
    }
    add(codecs.output_activation, stream(stage.stage, Direction::kActivation, stage.output_term));
    add(codecs.output_gradient, stream(stage.stage + 1, Direction::kGradient, stage.output_term));
  }
  return streams;
}

class TorchDeviceImpl : public TorchDevice {
 public:
  TorchDeviceImpl(const StageConfig* first, StageOptions options) : options_(std::move(options)) {
    if (first != nullptr) enter(options_(*first));
  }

  OpResult perform(const Op& op) override {
    if (op.kind == OpKind::kExport) return write_out(op);
    if (op.kind == OpKind::kAdopt) return adopt(op);
    ACCEPTLAB_CHECK(stage_ != nullptr);
    return stage_->perform(op);
  }

  std::vector<UnitState> state() const override {
    return stage_ != nullptr ? stage_->state() : std::vector<UnitState>{};
  }
  void load(const std::vector<UnitState>& units, std::int64_t version) override {
    at_start_ = units;
    if (stage_ != nullptr) stage_->load(units, version);
  }

 private:
  OpResult write_out(const Op& op) const {
    CpuTimer timer;
    OpResult result;
    const std::vector<UnitState> units = state();
    if (!op.each_unit) result.output = written(units, op.units);
    for (int unit = op.units.begin; op.each_unit && unit < op.units.end; ++unit) {
      result.parts.push_back(written(units, {unit, unit + 1}));
    }
    result.cost.update = timer.lap();
    return result;
  }

  OpResult adopt(const Op& op) {
    CpuTimer timer;
    const std::vector<UnitState> before = op.restore ? at_start_ : state();
    const std::vector<Stream> streams = streams_;
    streams_.clear();
    stage_.reset();
    if (op.next_stage) {
      enter(options_(*op.next_stage));
      stage_->load(merged(before, op.gained), op.version);
    }
    forget_ended(streams);
    OpResult result;
    result.cost.update = timer.lap();
    return result;
  }

  void enter(const TorchStageOptions& options) {
    stage_ = make_torch_stage(options);
    streams_ = streams_of(options);
  }

  // The state of the units of the new stage: as it is made, its own from before, and those gained.
  std::vector<UnitState> merged(const std::vector<UnitState>& own,
                                const std::vector<MovedUnits>& gained) const {
    std::vector<UnitState> units = stage_->state();
    for (UnitState& unit : units) {
      for (const UnitState& mine : own) {
        if (mine.index == unit.index) unit = mine;
      }
    }
    for (const MovedUnits& moved : gained) read_into(units, moved);
    return units;
  }

  void forget_ended(const std::vector<Stream>& before) const {
    for (const Stream& old : before) {
      const bool goes_on = std::any_of(streams_.begin(), streams_.end(), [&](const Stream& now) {
        return now.codec == old.codec && now.id == old.id;
      });
      if (!goes_on) old.codec->forget(old.id);
    }
  }

  const StageOptions options_;
  std::unique_ptr<TorchStage> stage_;  // null: the plan gives it none
  std::vector<Stream> streams_;        // of stage_
  std::vector<UnitState> at_start_;    // where load() gave it; else what the seed makes
};

}  // namespace

std::unique_ptr<TorchDevice> make_torch_device(const StageConfig* first, StageOptions options) {
  return std::make_unique<TorchDeviceImpl>(first, std::move(options));
}

std::vector<Bytes> moved_unit_sizes(const ModelOptions& model) {
  std::vector<Bytes> sizes;
  for (const Unit& unit : make_model(model).units) {
    const torch::nn::Sequential module = unit.make();
    std::size_t bytes = 0;
    for (const torch::Tensor& weight : module->parameters()) bytes += 2 * weight.nbytes();
    for (const torch::Tensor& buffer : module->buffers()) bytes += buffer.nbytes();
    sizes.emplace_back(static_cast<std::int64_t>(bytes));
  }
  return sizes;
}

}  // namespace acceptlab::torch_stage
