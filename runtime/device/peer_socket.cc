#include "runtime/device/peer_socket.h"

#include <atomic>
#include <cstring>
#include <memory>
#include <utility>

#include "runtime/base/check.h"

namespace acceptlab::device {

namespace {

constexpr int kLingerMs = 2'000;
constexpr int kHeartbeatMs = 5'000;
// A device that is stopped for ten seconds is not lost yet.
constexpr int kHeartbeatLimitMs = 30'000;
constexpr int kReconnectMs = 100;
constexpr int kReconnectMostMs = 2'000;
constexpr int kWatched = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED |
                         ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                         ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;

// The library reads the payload where it is and lets go of it when it has sent it.
zmq::message_t borrowed(const Payload& payload) {
  auto keeper = std::make_unique<Payload>(payload);
  const Span<const std::uint8_t> bytes = keeper->bytes();
  const auto release = [](void*, void* kept) { delete static_cast<Payload*>(kept); };
  return zmq::message_t(const_cast<std::uint8_t*>(bytes.data()),  // NOLINT: it does not write
                        bytes.size(), release, keeper.release());
}

zmq::message_t joined(const Envelope& envelope, const Payload& head) {
  const EnvelopeBytes bytes = encode_envelope(envelope);
  const Span<const std::uint8_t> tail =
      head.has_bytes() ? head.bytes() : Span<const std::uint8_t>();
  zmq::message_t message(bytes.size() + tail.size());
  auto* out = static_cast<std::uint8_t*>(message.data());
  std::memcpy(out, bytes.data(), bytes.size());
  if (!tail.empty()) std::memcpy(out + bytes.size(), tail.data(), tail.size());
  return message;
}

}  // namespace

void set_common(zmq::socket_t& socket, const LinkOptions& options) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(options.handshake_limit);
  socket.set(zmq::sockopt::handshake_ivl, static_cast<int>(ms.count()));
  socket.set(zmq::sockopt::zap_domain, "acceptlab");
  socket.set(zmq::sockopt::heartbeat_ivl, kHeartbeatMs);
  socket.set(zmq::sockopt::heartbeat_timeout, kHeartbeatLimitMs);
}

PeerSocket::PeerSocket(zmq::context_t& context, const Peer& peer, const LinkOptions& options)
    : name_(peer.name),
      most_queued_(options.most_queued),
      socket_(context, zmq::socket_type::push),
      monitor_(context, zmq::socket_type::pair) {
  set_common(socket_, options);
  socket_.set(zmq::sockopt::sndhwm, options.queued_messages);
  socket_.set(zmq::sockopt::linger, kLingerMs);
  socket_.set(zmq::sockopt::reconnect_ivl, kReconnectMs);
  socket_.set(zmq::sockopt::reconnect_ivl_max, kReconnectMostMs);
  if (options.keys) {
    socket_.set(zmq::sockopt::curve_serverkey, peer.public_key);
    socket_.set(zmq::sockopt::curve_publickey, options.keys->public_key);
    socket_.set(zmq::sockopt::curve_secretkey, options.keys->secret_key);
  } else {
    socket_.set(zmq::sockopt::plain_username, options.name);
    socket_.set(zmq::sockopt::plain_password, "-");
  }
  // A name of its own: that of an earlier socket to the same peer may still be in use.
  static std::atomic<int> count{0};
  const std::string watched = "inproc://monitor." + std::to_string(count++);
  ACCEPTLAB_CHECK(zmq_socket_monitor(socket_.handle(), watched.c_str(), kWatched) == 0);
  monitor_.set(zmq::sockopt::linger, 0);
  // The library's thread waits where there is no room for an event, and with it all connections.
  monitor_.set(zmq::sockopt::rcvhwm, 0);
  monitor_.connect(watched);
  socket_.connect(peer.endpoint);
}

// The socket outlives this by its linger time. An event that nobody can receive any more would stop
// the library's thread for good, and with it all connections of this device.
PeerSocket::~PeerSocket() { zmq_socket_monitor(socket_.handle(), nullptr, 0); }

void PeerSocket::begin_count() { next_sequence_ = 0; }

bool PeerSocket::send(Envelope envelope, const Payload& head, const Payload& body) {
  envelope.sequence = next_sequence_++;
  Message message{joined(envelope, head), body, head.size() + body.size()};
  if (waiting_.empty() && try_send(message)) return true;
  if (waiting_size_ + message.size > most_queued_) {
    waiting_.clear();
    waiting_size_ = Bytes(0);
    return false;
  }
  waiting_size_ += message.size;
  waiting_.push_back(std::move(message));
  return true;
}

void PeerSocket::hand_over() {
  while (!waiting_.empty() && try_send(waiting_.front())) {
    waiting_size_ -= waiting_.front().size;
    waiting_.pop_front();
  }
}

// Once the socket has taken a first part, it takes the second.
bool PeerSocket::try_send(Message& message) {
  const bool has_body = message.body.size() > Bytes(0);
  const zmq::send_flags flags =
      has_body ? zmq::send_flags::sndmore | zmq::send_flags::dontwait : zmq::send_flags::dontwait;
  if (!socket_.send(message.first, flags)) return false;
  if (has_body) {
    zmq::message_t body = borrowed(message.body);
    ACCEPTLAB_CHECK(socket_.send(body, zmq::send_flags::dontwait).has_value());
  }
  return true;
}

void PeerSocket::read_monitor() {
  zmq::message_t event;
  while (monitor_.recv(event, zmq::recv_flags::dontwait)) {
    zmq::message_t address;
    (void)monitor_.recv(address, zmq::recv_flags::dontwait);
    std::uint16_t kind = 0;
    if (event.size() < sizeof kind) continue;
    std::memcpy(&kind, event.data(), sizeof kind);
    note(kind, address.to_string());
  }
}

// The library goes on trying: what fails again and again is told once.
void PeerSocket::note(int event, const std::string& address) {
  if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
    connected_ = true;
    refusal_told_ = false;
  } else if (event == ZMQ_EVENT_DISCONNECTED) {
    if (std::exchange(connected_, false)) disconnected_ = true;
  } else if (!std::exchange(refusal_told_, true)) {
    log_.push_back("device '" + name_ + "' at " + address +
                   " does not accept this one: a wrong key, or no device of acceptlab, or it is "
                   "stopped");
  }
}

bool PeerSocket::take_disconnected() {
  read_monitor();
  return std::exchange(disconnected_, false);
}

std::vector<std::string> PeerSocket::take_log() { return std::exchange(log_, {}); }

}  // namespace acceptlab::device
