#include "runtime/frame.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "runtime/little_endian.h"

namespace acceptlab {

namespace {

constexpr std::uint32_t kMagic = 0x4c504341;  // "ACPL"
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kChecksumAt = 60;

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
  bool rest_is_zero(std::size_t end) const {
    const auto rest = in_.subspan(at_, end - at_);
    return std::all_of(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte == 0; });
  }

 private:
  Span<const std::uint8_t> in_;
  std::size_t at_ = 0;
};

Error corrupt(const std::string& what) { return {ErrorKind::kCorrupt, "frame header: " + what}; }

// These have at most 20 bytes of their own, and the checksum of the payload behind them.
bool carries_payload(FrameKind kind) {
  switch (kind) {
    case FrameKind::kInput:
    case FrameKind::kLabels:
    case FrameKind::kActivation:
    case FrameKind::kGradient:
    case FrameKind::kPrepare:
    case FrameKind::kUnits:
    case FrameKind::kCopy:
    case FrameKind::kAlive:
    case FrameKind::kFailed:
    case FrameKind::kRestore:
    case FrameKind::kRecode:
      return true;
    default:
      return false;
  }
}

void write_units(UnitRange units, Writer& out) {
  out.integer(static_cast<std::uint32_t>(units.begin), 4);
  out.integer(static_cast<std::uint32_t>(units.end), 4);
}

// 32 bits of kbit/s: faster links count as 4 Tbit/s.
std::uint64_t to_kbit_s(BitsPerSecond rate) {
  return static_cast<std::uint64_t>(
      std::min(rate.count() / 1000, std::int64_t{std::numeric_limits<std::uint32_t>::max()}));
}
BitsPerSecond read_rate(Reader& in) {
  return BitsPerSecond(static_cast<std::int64_t>(in.integer(4)) * 1000);
}

void write_version(const Frame& frame, Writer& out) {
  out.integer(static_cast<std::uint64_t>(frame.snapshot.version), 8);
}

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
      out.integer(to_kbit_s(frame.received.from_previous), 4);
      out.integer(to_kbit_s(frame.received.from_next), 4);
      break;
    case FrameKind::kFetch:
    case FrameKind::kUnits:
      write_units(frame.units, out);
      break;
    case FrameKind::kPrepared:
      out.integer(static_cast<std::uint64_t>(frame.fetched.count()), 8);
      break;
    case FrameKind::kCommit:
      out.integer(static_cast<std::uint64_t>(frame.version), 8);
      break;
    case FrameKind::kReplicate:
      write_version(frame, out);
      out.integer(frame.central_copy ? 1 : 0, 1);
      break;
    case FrameKind::kCopy:
      write_units(frame.units, out);
      write_version(frame, out);
      break;
    case FrameKind::kCopied:
      write_units(frame.units, out);
      write_version(frame, out);
      out.integer(static_cast<std::uint64_t>(frame.fetched.count()), 8);
      break;
    case FrameKind::kFetchCopy:
      write_units(frame.units, out);
      [[fallthrough]];
    case FrameKind::kDrop:
    case FrameKind::kRestore:
      write_version(frame, out);
      out.integer(frame.snapshot.term, 4);
      break;
    case FrameKind::kAlive:
      out.integer(frame.empty ? 1 : 0, 1);
      break;
    default:
      break;
  }
}

// Each reads what its counterpart above writes and returns whether it is possible.
bool read_units(Reader& in, UnitRange& units) {
  units.begin = in.int32();
  units.end = in.int32();
  return units.begin >= 0 && units.begin < units.end;
}

bool read_version(Reader& in, Frame& frame) {
  frame.snapshot.version = in.int64();
  frame.snapshot.term = frame.term;
  return frame.snapshot.version >= 0;
}

bool read_flag(Reader& in, bool& flag) {
  const std::uint64_t byte = in.integer(1);
  flag = byte == 1;
  return byte <= 1;
}

// Of the kinds that have to do with snapshots.
std::optional<Error> read_snapshot(Reader& in, Frame& frame) {
  const FrameKind kind = frame.kind;
  if (kind == FrameKind::kCopy || kind == FrameKind::kCopied || kind == FrameKind::kFetchCopy) {
    if (!read_units(in, frame.units)) return corrupt("no units");
  }
  if (!read_version(in, frame)) return corrupt("negative version");
  if (kind == FrameKind::kReplicate && !read_flag(in, frame.central_copy)) {
    return corrupt("a flag that is neither 0 nor 1");
  }
  if (kind == FrameKind::kCopied) {
    frame.fetched = Bytes(in.int64());
    if (frame.fetched < Bytes(0)) return corrupt("negative size of units");
  }
  if (kind == FrameKind::kDrop || kind == FrameKind::kRestore || kind == FrameKind::kFetchCopy) {
    frame.snapshot.term = static_cast<std::uint32_t>(in.integer(4));
  }
  return std::nullopt;
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
      frame.received.from_previous = read_rate(in);
      frame.received.from_next = read_rate(in);
      if (std::min(frame.stage_time.forward, frame.stage_time.backward) >= Duration(0)) {
        return std::nullopt;
      }
      return corrupt("negative time");
    case FrameKind::kFetch:
    case FrameKind::kUnits:
      if (read_units(in, frame.units)) return std::nullopt;
      return corrupt("no units");
    case FrameKind::kPrepared:
      frame.fetched = Bytes(in.int64());
      if (frame.fetched >= Bytes(0)) return std::nullopt;
      return corrupt("negative size of units");
    case FrameKind::kCommit:
      frame.version = in.int64();
      if (frame.version >= 0) return std::nullopt;
      return corrupt("negative version");
    case FrameKind::kReplicate:
    case FrameKind::kCopy:
    case FrameKind::kCopied:
    case FrameKind::kDrop:
    case FrameKind::kRestore:
    case FrameKind::kFetchCopy:
      return read_snapshot(in, frame);
    case FrameKind::kAlive:
      if (read_flag(in, frame.empty)) return std::nullopt;
      return corrupt("a flag that is neither 0 nor 1");
    default:
      return std::nullopt;
  }
}

}  // namespace

std::uint32_t payload_checksum(const Payload& payload) {
  if (!payload.has_bytes()) return 0;
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
  const Span<const std::uint8_t> bytes = payload.bytes();
  // Each step is a bijection of the state, so that states that differ stay different.
  std::uint64_t state = bytes.size();
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    state = (state ^ word) * odd;
    state ^= state >> 32;
  }
  for (; at < bytes.size(); ++at) state = (state ^ bytes[at]) * odd;
  return static_cast<std::uint32_t>(state >> 32);
}

// Layout, in bytes: magic 4, version 1, kind 1, phase 1, reserved 1, term 4, epoch 4, batch 4,
// micro 4, samples 4, payload size 8, then 24 that depend on the kind (write_specific), of which
// the last 4 are the payload's checksum where the kind carries a payload.
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
  for (std::size_t i = 0; carries_payload(frame.kind) && i < 4; ++i) {
    header[kChecksumAt + i] = static_cast<std::uint8_t>(frame.checksum >> (8 * i));
  }
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
      kind > static_cast<std::uint64_t>(FrameKind::kRecode)) {
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
  const bool carries = carries_payload(frame.kind);
  if (!in.rest_is_zero(carries ? kChecksumAt : kFrameHeaderSize)) {
    return corrupt("unused bytes are not zero");
  }
  if (carries) {
    frame.checksum = static_cast<std::uint32_t>(read_little_endian(bytes, kChecksumAt, 4));
  }
  return decoded;
}

bool addressed_to_central(FrameKind kind) {
  return kind == FrameKind::kScore || kind == FrameKind::kBatchDone ||
         kind == FrameKind::kPhaseDone || kind == FrameKind::kStageTimes ||
         kind == FrameKind::kPrepared || kind == FrameKind::kCopied || kind == FrameKind::kAlive ||
         kind == FrameKind::kFailed;
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
    case FrameKind::kReplicate:
      return "replicate";
    case FrameKind::kCopy:
      return "copy";
    case FrameKind::kCopied:
      return "copied";
    case FrameKind::kDrop:
      return "drop";
    case FrameKind::kProbe:
      return "probe";
    case FrameKind::kAlive:
      return "alive";
    case FrameKind::kFailed:
      return "failed";
    case FrameKind::kRestore:
      return "restore";
    case FrameKind::kFetchCopy:
      return "fetch_copy";
    case FrameKind::kRecode:
      return "recode";
  }
  return "unknown";
}

}  // namespace acceptlab
