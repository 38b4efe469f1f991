#include "bench/compression/provenance.h"

#include <unistd.h>

#include <ctime>
#include <fstream>

#include "bench/compression/revision.h"

namespace acceptlab::codec_bench {

namespace {

std::string processor_model() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    const auto colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos) {
      return line.substr(colon + 2);
    }
  }
  return "unknown";
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc = {};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

}  // namespace

std::vector<std::string> provenance(const std::string& command, const std::string& simd_target) {
  return {"command: " + command,
          "revision: " + std::string(app::kRevision),
          "date: " + utc_now(),
          "processor: " + processor_model() + ", " + std::to_string(sysconf(_SC_NPROCESSORS_ONLN)) +
              " cores, one thread used",
          "simd target: " + simd_target,
          "compiler: " __VERSION__};
}

}  // namespace acceptlab::codec_bench
