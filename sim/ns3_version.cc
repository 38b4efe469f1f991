#include "sim/ns3_version.h"

#include <ns3/version-defines.h>

namespace acceptlab::sim {

std::string ns3_version() {
  return std::to_string(NS3_VERSION_MAJOR) + "." + std::to_string(NS3_VERSION_MINOR);
}

}  // namespace acceptlab::sim
