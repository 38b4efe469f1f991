#include "runtime/frame.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace acceptlab {

namespace {

constexpr std::uint32_t kMagic = 0x4c504341;  // "ACPL"
constexpr std::uint8_t kVersion = 1;

// Writes or reads the fields in one order, so that the two cannot drift apart.
class Writer {
 public:
  explicit Writer(FrameHeader& out) : out_(out) {}
  void integer(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out_[at_++] = static_cast<std::uint8_t>(value >> (8 * i));
  }
  void real(double value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    integer(bits, 8);
  }

 private:
  FrameHeader& out_;
  std::size_t at_ = 0;
};

class Reader {
 public:
  explicit Reader(Span<const std::uint8_t> in) : in_(in) {}
  std::uint64_t integer(int bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i) value |= std::uint64_t{in_[at_++]} << (8 * i);
    return value;
  }
  std::int32_t int32() { return static_cast<std::int32_t>(integer(4)); }
  std::int64_t int64() { return static_cast<std::int64_t>(integer(8)); }
  double real() {
    const std::uint64_t bits = integer(8);
    double value = 0.0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  bool rest_is_zero() const {
    const auto rest = in_.subspan(at_, in_.size() - at_);
    return std::all_of(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte == 0; });
  }

 private:
  Span<const std::uint8_t> in_;
  std::size_t at_ = 0;
};

Error corrupt(const std::string& what) { return {ErrorKind::kCorrupt, "frame header: " + what}; }

// The fields that only some kinds have, in 24 bytes; zero elsewhere.
void write_specific(const Frame& frame, Writer& out) {
  switch (frame.kind) {
    case FrameKind::kStartPhase:
      out.real(frame.learning_rate);
      break;
    case FrameKind::kScore:
      out.real(frame.score.loss_sum);
      out.integer(static_cast<std::uint64_t>(frame.score.correct), 8);
      out.integer(static_cast<std::uint64_t>(frame.score.samples), 8);
      break;
    case FrameKind::kStageTimes:
      out.integer(static_cast<std::uint64_t>(frame.stage_time.forward.count()), 8);
      out.integer(static_cast<std::uint64_t>(frame.stage_time.backward.count()), 8);
      break;
    case FrameKind::kFetch:
    case FrameKind::kUnits:
      out.integer(static_cast<std::uint32_t>(frame.units.begin), 4);
      out.integer(static_cast<std::uint32_t>(frame.units.end), 4);
      break;
    case FrameKind::kPrepared:
      out.integer(static_cast<std::uint64_t>(frame.fetched.count()), 8);
      break;
    case FrameKind::kCommit:
      out.integer(static_cast<std::uint64_t>(frame.version), 8);
      break;
    default:
      break;
  }
}

// Returns what is wrong with them; nothing: all is well.
std::optional<Error> read_specific(Reader& in, Frame& frame) {
  switch (frame.kind) {
    case FrameKind::kStartPhase:
      frame.learning_rate = in.real();
      return std::nullopt;
    case FrameKind::kScore:
      frame.score.loss_sum = in.real();
      frame.score.correct = in.int64();
      frame.score.samples = in.int64();
      if (frame.score.correct >= 0 && frame.score.samples >= 0) return std::nullopt;
      return corrupt("negative score");
    case FrameKind::kStageTimes:
      frame.stage_time.forward = Duration(in.int64());
      frame.stage_time.backward = Duration(in.int64());
      if (std::min(frame.stage_time.forward, frame.stage_time.backward) >= Duration(0)) {
        return std::nullopt;
      }
      return corrupt("negative time");
    case FrameKind::kFetch:
    case FrameKind::kUnits:
      frame.units.begin = in.int32();
      frame.units.end = in.int32();
      if (frame.units.begin >= 0 && frame.units.begin < frame.units.end) return std::nullopt;
      return corrupt("no units");
    case FrameKind::kPrepared:
      frame.fetched = Bytes(in.int64());
      if (frame.fetched >= Bytes(0)) return std::nullopt;
      return corrupt("negative size of units");
    case FrameKind::kCommit:
      frame.version = in.int64();
      if (frame.version >= 0) return std::nullopt;
      return corrupt("negative version");
    default:
      return std::nullopt;
  }
}

}  // namespace

// Layout, in bytes: magic 4, version 1, kind 1, phase 1, reserved 1, term 4, epoch 4, batch 4,
// micro 4, samples 4, payload size 8, then 24 that depend on the kind (write_specific).
FrameHeader encode_header(const Frame& frame) {
  FrameHeader header{};
  Writer out(header);
  out.integer(kMagic, 4);
  out.integer(kVersion, 1);
  out.integer(static_cast<std::uint8_t>(frame.kind), 1);
  out.integer(static_cast<std::uint8_t>(frame.key.phase), 1);
  out.integer(0, 1);
  out.integer(frame.term, 4);
  out.integer(static_cast<std::uint32_t>(frame.key.epoch), 4);
  out.integer(static_cast<std::uint32_t>(frame.key.batch), 4);
  out.integer(static_cast<std::uint32_t>(frame.key.micro), 4);
  out.integer(static_cast<std::uint32_t>(frame.samples), 4);
  out.integer(static_cast<std::uint64_t>(frame.payload.size().count()), 8);
  write_specific(frame, out);
  return header;
}

Result<DecodedHeader> decode_header(Span<const std::uint8_t> bytes) {
  if (bytes.size() < kFrameHeaderSize) {
    return corrupt(std::to_string(bytes.size()) + " bytes, expected " +
                   std::to_string(kFrameHeaderSize));
  }
  Reader in(bytes.subspan(0, kFrameHeaderSize));
  if (in.integer(4) != kMagic) return corrupt("wrong magic number");
  if (const auto version = in.integer(1); version != kVersion) {
    return Error{ErrorKind::kUnsupported,
                 "frame header: version " + std::to_string(version) + ", expected 1"};
  }
  DecodedHeader decoded;
  Frame& frame = decoded.frame;
  const auto kind = in.integer(1);
  if (kind < static_cast<std::uint64_t>(FrameKind::kStartPhase) ||
      kind > static_cast<std::uint64_t>(FrameKind::kCommit)) {
    return corrupt("unknown kind " + std::to_string(kind));
  }
  frame.kind = static_cast<FrameKind>(kind);
  const auto phase = in.integer(1);
  if (phase > 1) return corrupt("unknown phase " + std::to_string(phase));
  frame.key.phase = static_cast<Phase>(phase);
  if (in.integer(1) != 0) return corrupt("reserved byte is not zero");
  frame.term = static_cast<std::uint32_t>(in.integer(4));
  frame.key.epoch = in.int32();
  frame.key.batch = in.int32();
  frame.key.micro = in.int32();
  frame.samples = in.int32();
  if (frame.key.epoch < 0 || frame.key.batch < 0 || frame.key.micro < 0 || frame.samples < 0) {
    return corrupt("negative index");
  }
  const std::int64_t payload = in.int64();
  if (payload < 0) return corrupt("negative payload size");
  decoded.payload_size = Bytes(payload);
  if (auto wrong = read_specific(in, frame)) return *std::move(wrong);
  if (!in.rest_is_zero()) return corrupt("unused bytes are not zero");
  return decoded;
}

bool addressed_to_central(FrameKind kind) {
  return kind == FrameKind::kScore || kind == FrameKind::kBatchDone ||
         kind == FrameKind::kPhaseDone || kind == FrameKind::kStageTimes ||
         kind == FrameKind::kPrepared;
}

const char* to_string(FrameKind kind) {
  switch (kind) {
    case FrameKind::kStartPhase:
      return "start";
    case FrameKind::kInput:
      return "input";
    case FrameKind::kLabels:
      return "labels";
    case FrameKind::kActivation:
      return "activation";
    case FrameKind::kGradient:
      return "gradient";
    case FrameKind::kScore:
      return "score";
    case FrameKind::kBatchDone:
      return "batch_done";
    case FrameKind::kPhaseDone:
      return "phase_done";
    case FrameKind::kStageTimes:
      return "stage_times";
    case FrameKind::kEndPhase:
      return "end_phase";
    case FrameKind::kPrepare:
      return "prepare";
    case FrameKind::kFetch:
      return "fetch";
    case FrameKind::kUnits:
      return "units";
    case FrameKind::kPrepared:
      return "prepared";
    case FrameKind::kCommit:
      return "commit";
  }
  return "unknown";
}

}  // namespace acceptlab
