#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/compression/coder.h"

namespace acceptlab::codec_bench {

struct Peer {
  std::string name;  // as in "zstd-1"
  std::string ours;  // which codec of ours comes nearest
  std::function<std::unique_ptr<Coder>()> make;
};

// Those that this build has, by name. A peer's source file adds it, so that the build leaves out a
// peer by leaving out its file.
std::vector<Peer> peers();

struct PeerRegistration {
  explicit PeerRegistration(Peer peer);
};

}  // namespace acceptlab::codec_bench
