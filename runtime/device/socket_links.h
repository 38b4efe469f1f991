#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/units.h"
#include "runtime/device/envelope.h"
#include "runtime/device/keys.h"
#include "runtime/payload.h"

namespace acceptlab::device {

struct LinkOptions {
  std::string name;             // of this device
  std::string listen;           // "tcp://HOST:PORT"; port *: one that the system chooses
  std::optional<KeyPair> keys;  // nothing: no encryption, and names are believed
  Bytes largest_message{std::int64_t{1} << 30};        // whoever sends a larger one is cut off
  Bytes most_queued{std::int64_t{2} << 30};            // to one peer; more: it counts as lost
  int queued_messages = 64;                            // high-water mark of a socket, each way
  Duration handshake_limit = std::chrono::seconds(5);  // for a new connection to say who it is
};

struct Peer {
  std::string name;
  std::string endpoint;
  std::string public_key;  // empty where there are no keys
};

// A message as it arrived. Head and body share the memory it was received in.
struct Arrived {
  std::string from;  // as its key says, or, without keys, it itself
  Envelope envelope;
  Payload head;           // a frame's header, a control message's text
  Payload body;           // may be empty
  bool is_stray = false;  // of another session than this one
};

// The sockets of a device: one receives from everybody, one for each peer sends. TCP, encrypted and
// authenticated with CURVE (rfc.zeromq.org/spec/26) where there are keys; strangers are refused.
// Messages of one peer arrive in the order sent. One that is malformed or repeated is dropped and
// told to the log; messages that are missing make their sender lost. One thread owns it.
class SocketLinks {
 public:
  using Log = std::function<void(const std::string&)>;

  // Throws ConfigError where the endpoint cannot be listened at.
  SocketLinks(LinkOptions options, Log log);
  // Gives what was sent last two seconds to leave.
  ~SocketLinks();
  SocketLinks(const SocketLinks&) = delete;
  SocketLinks& operator=(const SocketLinks&) = delete;

  // Where it listens, with the port in force.
  const std::string& endpoint() const;
  // Takes messages from this device, whether or not it is connected to. Without keys everybody is.
  void admit(const std::string& name, const std::string& public_key);
  // Messages to the peer go there, as soon as it can be reached; admits it. Again for a known name:
  // what was queued for it is dropped, and nothing is known of a loss. Throws ConfigError where the
  // endpoint is none.
  void connect(const Peer& peer);

  // Counts messages from 0 on, of every peer, under this name. `first`: the message that began it;
  // where it is not its sender's first, other peers too may have counted before.
  void enter_session(std::uint64_t session, const Arrived* first = nullptr);
  std::uint64_t session() const;
  // The peer may have been started again: a message number 0 of it begins its count anew, once.
  void expect_anew(const std::string& name);

  // Requires: connected to `to`. Returns at once: what the socket does not take waits.
  void send(const std::string& to, MessageKind kind, TimePoint now, const Payload& head,
            const Payload& body = {});
  std::optional<Arrived> receive();
  // Until a message has arrived, a peer is lost, `wake_fd` is readable, or `at_most` is over; hands
  // waiting messages to their sockets meanwhile.
  void wait(Duration at_most, int wake_fd);
  // Whether there is a connection to the peer, as of the last wait(). Requires: connected to it.
  bool reaches(const std::string& name) const;
  // Peers whose connection broke, or of whose messages some are missing, since the last call.
  std::vector<std::string> take_lost();
  // Connections refused so far.
  std::int64_t refused() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace acceptlab::device
