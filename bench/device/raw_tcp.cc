#include "bench/device/raw_tcp.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/base/check.h"

namespace acceptlab::bench {

RawTcp::RawTcp() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  ACCEPTLAB_CHECK(bind(listener, plain, size) == 0 && listen(listener, 1) == 0);
  ACCEPTLAB_CHECK(getsockname(listener, plain, &size) == 0);
  sender_ = socket(AF_INET, SOCK_STREAM, 0);
  ACCEPTLAB_CHECK(connect(sender_, plain, size) == 0);
  receiver_ = ::accept(listener, nullptr, nullptr);
  ACCEPTLAB_CHECK(receiver_ >= 0);
  close(listener);
  const int on = 1;
  setsockopt(sender_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

RawTcp::~RawTcp() {
  close(sender_);
  close(receiver_);
}

void RawTcp::send(const std::vector<std::uint8_t>& buffer) const {
  std::size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t sent = ::send(sender_, buffer.data() + done, buffer.size() - done, 0);
    ACCEPTLAB_CHECK(sent > 0);
    done += static_cast<std::size_t>(sent);
  }
}

void RawTcp::receive(std::vector<std::uint8_t>& buffer) const {
  std::size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t got = recv(receiver_, buffer.data() + done, buffer.size() - done, 0);
    ACCEPTLAB_CHECK(got > 0);
    done += static_cast<std::size_t>(got);
  }
}

}  // namespace acceptlab::bench
