#include "runtime/device/socket_links.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>
#include <map>
#include <set>
#include <utility>
#include <zmq.hpp>

#include "runtime/base/check.h"
#include "runtime/base/result.h"
#include "runtime/device/admission.h"
#include "runtime/device/peer_socket.h"

namespace acceptlab::device {

namespace {

constexpr int kBacklog = 256;

std::string text_of(const zmq::error_t& error) { return error.what(); }

Span<const std::uint8_t> bytes_of(const zmq::message_t& message) {
  return {static_cast<const std::uint8_t*>(message.data()), message.size()};
}

Payload payload_of(const std::shared_ptr<zmq::message_t>& owner, std::size_t offset) {
  const Span<const std::uint8_t> all = bytes_of(*owner);
  return Payload::view(owner, all.subspan(offset, all.size() - offset));
}

}  // namespace

class SocketLinks::Impl {
 public:
  Impl(LinkOptions options, Log log)
      : options_(std::move(options)),
        log_(std::move(log)),
        context_(1),
        admission_(context_.handle(), !options_.keys.has_value()),
        inbox_(context_, zmq::socket_type::pull) {
    inbox_.set(zmq::sockopt::rcvhwm, options_.queued_messages);
    inbox_.set(zmq::sockopt::maxmsgsize, options_.largest_message.count());
    inbox_.set(zmq::sockopt::backlog, kBacklog);
    inbox_.set(zmq::sockopt::linger, 0);
    set_common(inbox_, options_);
    if (options_.keys) {
      inbox_.set(zmq::sockopt::curve_server, true);
      inbox_.set(zmq::sockopt::curve_secretkey, options_.keys->secret_key);
    } else {
      inbox_.set(zmq::sockopt::plain_server, true);
    }
    try {
      inbox_.bind(options_.listen);
    } catch (const zmq::error_t& error) {
      throw ConfigError("cannot listen at " + options_.listen + ": " + text_of(error));
    }
    endpoint_ = inbox_.get(zmq::sockopt::last_endpoint);
  }

  void admit(const std::string& name, const std::string& public_key) {
    if (options_.keys) admission_.admit_key(name, public_key);
  }

  void connect(const Peer& peer) {
    admit(peer.name, peer.public_key);
    peers_.erase(peer.name);
    lost_.erase(peer.name);
    try {
      peers_.emplace(peer.name, std::make_unique<PeerSocket>(context_, peer, options_));
    } catch (const zmq::error_t& error) {
      throw ConfigError("cannot connect to device '" + peer.name + "' at " + peer.endpoint + ": " +
                        text_of(error));
    }
  }

  void enter_session(std::uint64_t session, const Arrived* first) {
    session_ = session;
    expected_.clear();
    restarting_.clear();
    joined_late_ = first != nullptr && first->envelope.sequence > 0;
    for (auto& [name, peer] : peers_) peer->begin_count();
    if (first != nullptr) expected_[first->from] = first->envelope.sequence + 1;
  }

  void expect_anew(const std::string& name) { restarting_.insert(name); }

  void send(const std::string& to, MessageKind kind, TimePoint now, const Payload& head,
            const Payload& body) {
    const auto found = peers_.find(to);
    ACCEPTLAB_CHECK(found != peers_.end());
    if (!found->second->send({kind, session_, 0, now}, head, body)) {
      log_("device '" + to + "' takes no messages: what waits for it is too much");
      lost_.insert(to);
    }
  }

  std::optional<Arrived> receive() {
    while (true) {
      const auto first = std::make_shared<zmq::message_t>();
      if (!inbox_.recv(*first, zmq::recv_flags::dontwait)) return std::nullopt;
      const auto second = std::make_shared<zmq::message_t>();
      const bool whole = take_rest(*first, *second);
      const std::string from = sender_of(*first);
      const Result<Envelope> envelope = decode_envelope(bytes_of(*first));
      if (!whole || !envelope) {
        log_("message of device '" + from +
             "' dropped: " + (whole ? envelope.error().message : "it has more parts than two"));
        continue;
      }
      Arrived arrived{from, envelope.value(), payload_of(first, kEnvelopeSize),
                      payload_of(second, 0), envelope.value().session != session_};
      if (arrived.is_stray || is_next(arrived)) return arrived;
    }
  }

  void wait(Duration at_most, int wake_fd) {
    std::vector<zmq::pollitem_t> items = {{inbox_.handle(), 0, ZMQ_POLLIN, 0},
                                          {nullptr, wake_fd, ZMQ_POLLIN, 0}};
    for (auto& [name, peer] : peers_) {
      peer->hand_over();
      items.push_back({peer->monitor(), 0, ZMQ_POLLIN, 0});
      if (peer->has_waiting()) items.push_back({peer->socket(), 0, ZMQ_POLLOUT, 0});
    }
    // Rounded up: a timer that is due in less than a millisecond must not be polled for.
    const auto limit = std::chrono::ceil<std::chrono::milliseconds>(at_most);
    try {
      zmq::poll(items, std::max(limit, std::chrono::milliseconds(0)));
    } catch (const zmq::error_t& error) {
      if (error.num() != EINTR) throw;  // a signal: the caller looks at its flag
    }
    for (auto& [name, peer] : peers_) {
      peer->hand_over();
      if (peer->take_disconnected()) lost_.insert(name);
      for (const std::string& line : peer->take_log()) log_(line);
    }
  }

  std::vector<std::string> take_lost() {
    const std::set<std::string> lost = std::exchange(lost_, {});
    return {lost.begin(), lost.end()};
  }

  bool reaches(const std::string& name) const { return peers_.at(name)->is_connected(); }
  const std::string& endpoint() const { return endpoint_; }
  std::uint64_t session() const { return session_; }
  std::int64_t refused() const { return admission_.refused(); }

 private:
  // Reads the parts behind the first into `second`, none or one; false where there are more.
  bool take_rest(const zmq::message_t& first, zmq::message_t& second) {
    if (!first.more()) return true;
    (void)inbox_.recv(second, zmq::recv_flags::none);
    if (!second.more()) return true;
    zmq::message_t rest;
    do {
      (void)inbox_.recv(rest, zmq::recv_flags::none);
    } while (rest.more());
    return false;
  }

  static std::string sender_of(zmq::message_t& message) {
    try {
      return message.gets("User-Id");  // NOLINT: ZeroMQ's, not that of stdio
    } catch (const zmq::error_t&) {
      return "";  // only where nobody was authenticated
    }
  }

  bool is_next(const Arrived& arrived) {
    const std::uint64_t sequence = arrived.envelope.sequence;
    const auto [place, is_first] = expected_.try_emplace(arrived.from, 0);
    std::uint64_t& expected = place->second;
    if (is_first && joined_late_) expected = sequence;
    if (sequence == 0 && restarting_.erase(arrived.from) > 0) expected = 0;
    if (sequence < expected) {
      log_("message " + std::to_string(sequence) + " of device '" + arrived.from +
           "' dropped: it has been here before");
      return false;
    }
    if (sequence > expected) {
      log_(std::to_string(sequence - expected) + " messages of device '" + arrived.from +
           "' are missing");
      lost_.insert(arrived.from);
    }
    expected = sequence + 1;
    return true;
  }

  const LinkOptions options_;
  const Log log_;
  zmq::context_t context_;
  Admission admission_;
  zmq::socket_t inbox_;
  std::string endpoint_;
  std::map<std::string, std::unique_ptr<PeerSocket>> peers_;
  std::uint64_t session_ = 0;
  std::map<std::string, std::uint64_t> expected_;  // sequence, by sender
  std::set<std::string> restarting_;               // their count may begin anew
  bool joined_late_ = false;
  std::set<std::string> lost_;
};

SocketLinks::SocketLinks(LinkOptions options, Log log)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(log))) {}
SocketLinks::~SocketLinks() = default;

const std::string& SocketLinks::endpoint() const { return impl_->endpoint(); }
void SocketLinks::admit(const std::string& name, const std::string& public_key) {
  impl_->admit(name, public_key);
}
void SocketLinks::connect(const Peer& peer) { impl_->connect(peer); }
void SocketLinks::enter_session(std::uint64_t session, const Arrived* first) {
  impl_->enter_session(session, first);
}
std::uint64_t SocketLinks::session() const { return impl_->session(); }
void SocketLinks::expect_anew(const std::string& name) { impl_->expect_anew(name); }
void SocketLinks::send(const std::string& to, MessageKind kind, TimePoint now, const Payload& head,
                       const Payload& body) {
  impl_->send(to, kind, now, head, body);
}
std::optional<Arrived> SocketLinks::receive() { return impl_->receive(); }
void SocketLinks::wait(Duration at_most, int wake_fd) { impl_->wait(at_most, wake_fd); }
bool SocketLinks::reaches(const std::string& name) const { return impl_->reaches(name); }
std::vector<std::string> SocketLinks::take_lost() { return impl_->take_lost(); }
std::int64_t SocketLinks::refused() const { return impl_->refused(); }

}  // namespace acceptlab::device
