#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/device/control.h"
#include "app/device/facts.h"
#include "runtime/base/check.h"
#include "runtime/device/envelope.h"
#include "runtime/frame.h"
#include "runtime/plan_payload.h"

// Any bytes as what a device may receive: an envelope and behind it a frame's header, a plan or a
// control message. Nothing crashes, errors are typed, and what is accepted is written back the
// same.
namespace acceptlab {
namespace {

using ByteSpan = Span<const std::uint8_t>;

void check_typed(const Error& error) {
  ACCEPTLAB_CHECK(error.kind == ErrorKind::kCorrupt || error.kind == ErrorKind::kUnsupported);
  ACCEPTLAB_CHECK(!error.message.empty());
}

template <typename Bytes>
void check_same(const Bytes& written, ByteSpan read) {
  ACCEPTLAB_CHECK(read.size() >= written.size());
  for (std::size_t i = 0; i < written.size(); ++i) ACCEPTLAB_CHECK(written[i] == read[i]);
}

void check_envelope(ByteSpan bytes) {
  const Result<device::Envelope> envelope = device::decode_envelope(bytes);
  if (!envelope) return check_typed(envelope.error());
  check_same(device::encode_envelope(envelope.value()), bytes);
}

void check_frame(ByteSpan bytes) {
  Result<DecodedHeader> header = decode_header(bytes);
  if (!header) return check_typed(header.error());
  Frame frame = header.value().frame;
  ACCEPTLAB_CHECK(header.value().payload_size >= Bytes(0));
  frame.payload = Payload::sized(header.value().payload_size);
  check_same(encode_header(frame), bytes);
  ACCEPTLAB_CHECK(to_string(frame.kind) != nullptr);
}

void check_plan(ByteSpan bytes) {
  const Result<Plan> plan = decode_plan(bytes);
  if (!plan) return check_typed(plan.error());
  const Payload written = encode_plan(plan.value());
  ACCEPTLAB_CHECK(written.bytes().size() == bytes.size());
  check_same(written.bytes(), bytes);
}

// As both ends of a handshake read it: alike with itself, different from nothing unless it is.
void check_greeting(const app::Control& greeting) {
  const nlohmann::json facts = app::facts_of(greeting);
  (void)greeting.get<std::string>("endpoint");
  ACCEPTLAB_CHECK(app::facts_difference(facts, "one", facts, "other").empty());
  const nlohmann::json nothing = nlohmann::json::object();
  ACCEPTLAB_CHECK(app::facts_difference(nothing, "one", facts, "other").empty() == facts.empty());
}

void check_control(ByteSpan bytes) {
  try {
    const app::Control control = app::decode_control(Payload::of({bytes.begin(), bytes.end()}));
    (void)app::decode_control(app::encode_control(control.type, control.json));
    check_greeting(control);
  } catch (const std::runtime_error&) {
    // Refused: as it should be.
  }
}

std::vector<std::uint8_t> begun_with(const std::string& text) { return {text.begin(), text.end()}; }

}  // namespace
}  // namespace acceptlab

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace acceptlab;  // NOLINT(google-build-using-namespace): not at namespace scope
  const ByteSpan bytes(data, size);
  check_envelope(bytes);
  check_frame(bytes);
  check_plan(bytes);
  check_control(bytes);
  std::vector<std::uint8_t> hello =
      begun_with(R"({"type": "hello", "endpoint": "tcp://a:1", "facts":)");
  hello.insert(hello.end(), bytes.begin(), bytes.end());
  hello.push_back('}');
  check_control(hello);
  // Behind the right beginning, so that more than the first bytes is tried.
  std::vector<std::uint8_t> begun = {'A', 'C', 'P', 'L', 1};
  begun.insert(begun.end(), bytes.begin(), bytes.end());
  check_frame(begun);
  return 0;
}
