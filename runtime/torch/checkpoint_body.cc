#include "runtime/torch/checkpoint_body.h"

#include <cstring>
#include <string>
#include <type_traits>

#include "runtime/plan_payload.h"

namespace acceptlab::torch_stage {
namespace {

class Writer {
 public:
  template <typename T>
  void number(T value) {
    static_assert(std::is_arithmetic_v<T>);
    raw(&value, sizeof value);
  }
  // Strings and arrays: a 64-bit count, then the elements.
  template <typename Container>
  void array(const Container& values) {
    number(static_cast<std::uint64_t>(values.size()));
    raw(values.data(), values.size() * sizeof(typename Container::value_type));
  }
  void array(Span<const std::uint8_t> values) {
    number(static_cast<std::uint64_t>(values.size()));
    raw(values.data(), values.size());
  }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  void raw(const void* data, std::size_t size) {
    const auto* begin = static_cast<const std::uint8_t*>(data);
    if (size > 0) bytes_.insert(bytes_.end(), begin, begin + size);
  }
  std::vector<std::uint8_t> bytes_;
};

// Reads what Writer wrote. Past the end it gives zeros and failed() says so.
class Reader {
 public:
  explicit Reader(Span<const std::uint8_t> bytes) : bytes_(bytes) {}

  template <typename T>
  T number() {
    T value{};
    if (take(sizeof value))
      std::memcpy(&value, bytes_.data() + position_ - sizeof value, sizeof value);
    return value;
  }
  template <typename Container>
  Container array() {
    using Element = typename Container::value_type;
    const auto count = number<std::uint64_t>();
    Container values;
    if (count > remaining() / sizeof(Element)) failed_ = true;
    if (failed_ || count == 0) return values;
    values.resize(count);
    take(count * sizeof(Element));
    std::memcpy(values.data(), bytes_.data() + position_ - count * sizeof(Element),
                count * sizeof(Element));
    return values;
  }
  // A count of things of at least `least` bytes each, so that damage cannot ask for much memory.
  std::size_t count(std::size_t least) {
    const auto n = number<std::uint64_t>();
    if (n > remaining() / least) failed_ = true;
    return failed_ ? 0 : static_cast<std::size_t>(n);
  }
  std::size_t remaining() const { return bytes_.size() - position_; }
  bool failed() const { return failed_; }

 private:
  bool take(std::size_t size) {
    if (failed_ || size > remaining()) return failed_ = true, false;
    position_ += size;
    return true;
  }

  Span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

void write(Writer& out, const TensorState& tensor) {
  out.number(static_cast<std::uint8_t>(tensor.role));
  out.number(static_cast<std::uint8_t>(tensor.type));
  out.array(tensor.name);
  out.array(tensor.shape);
  out.array(tensor.bytes);
}

TensorState read_tensor(Reader& in) {
  TensorState tensor;
  tensor.role = static_cast<TensorRole>(in.number<std::uint8_t>());
  tensor.type = static_cast<ElementType>(in.number<std::uint8_t>());
  tensor.name = in.array<std::string>();
  tensor.shape = in.array<std::vector<std::int64_t>>();
  tensor.bytes = in.array<std::vector<std::uint8_t>>();
  return tensor;
}

void write(Writer& out, const RunPosition& position) {
  out.number(position.epoch);
  out.number(position.batch);
  out.number(position.train.loss_sum);
  out.number(position.train.correct);
  out.number(position.train.samples);
}

RunPosition read_position(Reader& in) {
  RunPosition position;
  position.epoch = in.number<std::int32_t>();
  position.batch = in.number<std::int32_t>();
  position.train.loss_sum = in.number<double>();
  position.train.correct = in.number<std::int64_t>();
  position.train.samples = in.number<std::int64_t>();
  return position;
}

constexpr std::size_t kLeastTensor = 26;  // role, type, three counts
constexpr std::size_t kLeastUnit = 20;    // index, two counts

UnitState read_unit(Reader& in) {
  UnitState unit;
  unit.index = in.number<std::int32_t>();
  unit.name = in.array<std::string>();
  unit.tensors.resize(in.count(kLeastTensor));
  for (TensorState& tensor : unit.tensors) tensor = read_tensor(in);
  return unit;
}

}  // namespace

std::vector<std::uint8_t> encode_checkpoint(const Checkpoint& checkpoint) {
  Writer out;
  const CheckpointHeader& header = checkpoint.header;
  out.array(header.model.name);
  out.number(header.model.width);
  out.number(static_cast<std::int32_t>(header.model.classes));
  out.number(header.seed);
  write(out, header.next);
  out.number(header.train_samples);
  out.number(header.batch_samples);
  out.array(encode_plan(header.plan).bytes());
  out.number(static_cast<std::uint64_t>(checkpoint.units.size()));
  for (const UnitState& unit : checkpoint.units) {
    out.number(static_cast<std::int32_t>(unit.index));
    out.array(unit.name);
    out.number(static_cast<std::uint64_t>(unit.tensors.size()));
    for (const TensorState& tensor : unit.tensors) write(out, tensor);
  }
  return out.take();
}

Result<Checkpoint> decode_checkpoint(Span<const std::uint8_t> body) {
  Reader in(body);
  Checkpoint checkpoint;
  CheckpointHeader& header = checkpoint.header;
  header.model.name = in.array<std::string>();
  header.model.width = in.number<double>();
  header.model.classes = in.number<std::int32_t>();
  header.seed = in.number<std::uint64_t>();
  header.next = read_position(in);
  header.train_samples = in.number<std::int64_t>();
  header.batch_samples = in.number<std::int32_t>();
  const auto plan = decode_plan(in.array<std::vector<std::uint8_t>>());
  checkpoint.units.resize(in.count(kLeastUnit));
  for (UnitState& unit : checkpoint.units) unit = read_unit(in);
  if (in.failed() || in.remaining() != 0) {
    return Error{ErrorKind::kCorrupt, "damaged: its fields and its size contradict each other"};
  }
  if (!plan) return Error{ErrorKind::kCorrupt, "damaged: " + plan.error().message};
  header.plan = plan.value();
  return checkpoint;
}

}  // namespace acceptlab::torch_stage
