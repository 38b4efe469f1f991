#pragma once

#include <deque>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "runtime/device/envelope.h"
#include "runtime/device/socket_links.h"
#include "runtime/payload.h"

namespace acceptlab::device {

// Options that receiving and sending sockets share.
void set_common(zmq::socket_t& socket, const LinkOptions& options);

// The sending end of a link to one peer. Internal to this folder: shows ZeroMQ.
class PeerSocket {
 public:
  // Throws zmq::error_t where the endpoint is none. `context` outlives it.
  PeerSocket(zmq::context_t& context, const Peer& peer, const LinkOptions& options);
  ~PeerSocket();
  PeerSocket(const PeerSocket&) = delete;
  PeerSocket& operator=(const PeerSocket&) = delete;

  // The next message has number 0.
  void begin_count();
  // Gives the envelope its number. False: more waits than may; nothing is kept then.
  bool send(Envelope envelope, const Payload& head, const Payload& body);
  // Hands waiting messages to the socket, as many as it takes.
  void hand_over();
  bool has_waiting() const { return !waiting_.empty(); }

  // As the monitor last said.
  bool is_connected() const { return connected_; }

  void* socket() { return socket_.handle(); }
  void* monitor() { return monitor_.handle(); }
  // Whether a connection that stood has broken since the last call; reads the monitor.
  bool take_disconnected();
  // What else the monitor had to say since the last call, for people.
  std::vector<std::string> take_log();

 private:
  struct Message {
    zmq::message_t first;  // envelope and head
    Payload body;
    Bytes size;
  };

  bool try_send(Message& message);
  void read_monitor();
  void note(int event, const std::string& address);

  const std::string name_;
  const Bytes most_queued_;
  zmq::socket_t socket_;
  zmq::socket_t monitor_;
  std::uint64_t next_sequence_ = 0;
  std::deque<Message> waiting_;
  Bytes waiting_size_;
  bool connected_ = false;
  bool disconnected_ = false;
  bool refusal_told_ = false;
  std::vector<std::string> log_;
};

}  // namespace acceptlab::device
