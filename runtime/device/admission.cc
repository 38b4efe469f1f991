#include "runtime/device/admission.h"

#include <zmq.h>

#include <array>
#include <vector>

#include "runtime/base/check.h"

namespace acceptlab::device {

namespace {

constexpr const char* kHandler = "inproc://zeromq.zap.01";  // a name that the protocol gives
constexpr const char* kControl = "inproc://acceptlab.admission";

// A request: version, id, domain, address, identity, mechanism, credentials.
constexpr std::size_t kId = 1;
constexpr std::size_t kMechanism = 5;
constexpr std::size_t kCredential = 6;

std::vector<std::string> receive_all(void* socket) {
  std::vector<std::string> parts;
  bool more = true;
  while (more) {
    zmq_msg_t part;
    zmq_msg_init(&part);
    if (zmq_msg_recv(&part, socket, 0) < 0) return {};
    parts.emplace_back(static_cast<const char*>(zmq_msg_data(&part)), zmq_msg_size(&part));
    more = zmq_msg_more(&part) != 0;
    zmq_msg_close(&part);
  }
  return parts;
}

void send_all(void* socket, const std::vector<std::string>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const int flags = i + 1 < parts.size() ? ZMQ_SNDMORE : 0;
    zmq_send(socket, parts[i].data(), parts[i].size(), flags);
  }
}

std::string printable(const std::string& key) {
  std::array<char, 41> text{};
  if (key.size() != 32) return "";
  zmq_z85_encode(text.data(), reinterpret_cast<const std::uint8_t*>(key.data()), key.size());
  return text.data();
}

void* open(void* context, int type, const char* endpoint, bool bind) {
  void* socket = zmq_socket(context, type);
  ACCEPTLAB_CHECK(socket != nullptr);
  const int no_linger = 0;
  zmq_setsockopt(socket, ZMQ_LINGER, &no_linger, sizeof no_linger);
  ACCEPTLAB_CHECK((bind ? zmq_bind(socket, endpoint) : zmq_connect(socket, endpoint)) == 0);
  return socket;
}

}  // namespace

// The handler is bound here: a socket that is bound before it would take everybody.
Admission::Admission(void* context, bool believing)
    : context_(context),
      believing_(believing),
      control_(open(context, ZMQ_PAIR, kControl, true)),
      handler_(open(context, ZMQ_REP, kHandler, true)),
      thread_([this] { serve(); }) {}

Admission::~Admission() {
  zmq_send(control_, "", 0, 0);
  thread_.join();
  zmq_close(control_);
}

void Admission::admit_key(const std::string& name, const std::string& public_key) {
  const std::lock_guard<std::mutex> lock(mutex_);
  names_by_key_[public_key] = name;
}

std::int64_t Admission::refused() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return refused_;
}

std::string Admission::name_of(const std::string& mechanism, const std::string& credential) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (mechanism == "CURVE") {
    const auto found = names_by_key_.find(printable(credential));
    if (found != names_by_key_.end()) return found->second;
  }
  if (mechanism == "PLAIN" && believing_) return credential;
  ++refused_;
  return "";
}

void Admission::serve() {
  void* stop = open(context_, ZMQ_PAIR, kControl, false);
  std::array<zmq_pollitem_t, 2> items = {{{handler_, 0, ZMQ_POLLIN, 0}, {stop, 0, ZMQ_POLLIN, 0}}};
  while (true) {
    if (zmq_poll(items.data(), static_cast<int>(items.size()), -1) < 0) continue;
    if ((items[1].revents & ZMQ_POLLIN) != 0) break;
    const std::vector<std::string> request = receive_all(handler_);
    if (request.size() <= kMechanism) continue;
    const std::string credential = request.size() > kCredential ? request[kCredential] : "";
    const std::string name = name_of(request[kMechanism], credential);
    send_all(handler_, {"1.0", request[kId], name.empty() ? "400" : "200",
                        name.empty() ? "not admitted" : "", name, ""});
  }
  zmq_close(stop);
  zmq_close(handler_);
}

}  // namespace acceptlab::device
