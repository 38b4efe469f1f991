#include "bench/compression/peers/peer.h"

#include <algorithm>
#include <utility>

namespace acceptlab::codec_bench {

namespace {

std::vector<Peer>& registered() {
  static std::vector<Peer> list;
  return list;
}

}  // namespace

std::vector<Peer> peers() {
  std::vector<Peer> sorted = registered();
  std::sort(sorted.begin(), sorted.end(),
            [](const Peer& a, const Peer& b) { return a.name < b.name; });
  return sorted;
}

PeerRegistration::PeerRegistration(Peer peer) { registered().push_back(std::move(peer)); }

}  // namespace acceptlab::codec_bench
