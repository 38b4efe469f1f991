#include "runtime/torch/setup.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>

namespace acceptlab::torch_stage {
namespace {

// LibTorch calls whichever BLAS the system has installed, so its extras are looked up by name.
template <typename Function>
Function* find_symbol(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

// The file, with its folder's name, that the process takes matrix multiplication from.
std::string blas_library() {
  Dl_info info{};
  void* gemm = dlsym(RTLD_DEFAULT, "sgemm_");
  if (gemm == nullptr || dladdr(gemm, &info) == 0 || info.dli_fname == nullptr) return "unknown";
  std::error_code ignored;
  const std::filesystem::path file = std::filesystem::canonical(info.dli_fname, ignored);
  if (ignored) return "unknown";
  return (file.parent_path().filename() / file.filename()).string();
}

// The value of a key in the first processor's paragraph of /proc/cpuinfo; empty if absent.
std::string cpu_info(const std::string& key) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line) && !line.empty();) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || line.compare(0, key.size(), key) != 0) continue;
    const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

bool matters(const std::string& flag) {
  for (const char* wanted : {"sse4_2", "avx", "avx2", "fma", "f16c", "avx512f", "avx512bw",
                             "avx512_vnni", "avx512_bf16", "asimd", "asimdhp", "asimddp", "sve"}) {
    if (flag == wanted) return true;
  }
  return false;
}

std::string instruction_sets() {
  std::istringstream flags(cpu_info("flags") + " " + cpu_info("Features"));
  std::string found;
  for (std::string flag; flags >> flag;) {
    if (matters(flag)) found += (found.empty() ? "" : " ") + flag;
  }
  return found;
}

// The instruction set that LibTorch's own kernels use, e.g. "AVX2".
std::string torch_capability() {
  static const std::string kLabel = "CPU capability usage: ";
  const std::string config = at::show_config();
  const std::size_t label = config.find(kLabel);
  if (label == std::string::npos) return "unknown";
  const std::size_t begin = label + kLabel.size();
  return config.substr(begin, config.find_first_of(" \n,", begin) - begin);
}

void set_threads(int threads) {
  at::set_num_threads(threads);
  // LibTorch does not pass its number of threads on to an OpenBLAS with threads of its own.
  if (auto* set_blas_threads = find_symbol<void(int)>("openblas_set_num_threads")) {
    set_blas_threads(threads);
  }
}

}  // namespace

void initialise_torch(std::uint64_t seed) {
  static std::once_flag inter_op_once;  // LibTorch refuses a second call
  std::call_once(inter_op_once, [] { at::set_num_interop_threads(1); });
  set_threads(1);
  torch::manual_seed(seed);
}

void set_compute_dials(int threads, bool use_onednn) {
  set_threads(threads);
  at::globalContext().setUserEnabledMkldnn(use_onednn);
}

std::map<std::string, std::string> torch_environment() {
  std::map<std::string, std::string> environment = {
      {"cpu", cpu_info("model name")},
      {"cpu_instruction_sets", instruction_sets()},
      {"torch_version", TORCH_VERSION},
      {"torch_cpu_capability", torch_capability()},
      {"torch_threads", std::to_string(at::get_num_threads())},
      {"torch_mkldnn", at::globalContext().userEnabledMkldnn() && at::hasMKLDNN() ? "on" : "off"},
      {"blas", blas_library()},
  };
  if (auto* core_name = find_symbol<char*()>("openblas_get_corename")) {
    environment["openblas_core"] = core_name();
  }
  for (const char* name : {"OPENBLAS_CORETYPE", "DNNL_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY",
                           "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}) {
    if (const char* value = std::getenv(name)) environment[name] = value;
  }
  return environment;
}

}  // namespace acceptlab::torch_stage
