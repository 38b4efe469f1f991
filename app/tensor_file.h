#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "compression/tensor_info.h"

namespace acceptlab::app {

// The most values of a tensor in a file: 4 GiB of float32.
inline constexpr std::size_t kMaxFileValues = std::size_t{1} << 30;

// A tensor of a .npy file, with float16 widened to float32.
struct FileTensor {
  compression::DType dtype = compression::DType::kFloat32;
  compression::Shape shape;
  std::vector<float> values;
};

const char* dtype_name(compression::DType dtype);   // "float32"
std::size_t dtype_bytes(compression::DType dtype);  // of one value

// All throw ConfigError naming file and rule; writing replaces what is there, at once.
FileTensor load_tensor(const std::string& path);
// Takes the tensor as it is: values are rounded to its dtype here.
void save_tensor(const std::string& path, FileTensor tensor);
// At most as many bytes as a message of kMaxFileValues can have.
std::vector<std::uint8_t> load_message(const std::string& path);
void save_message(const std::string& path, const std::vector<std::uint8_t>& message);

// Throws ConfigError where both paths name one file, which writing `out` would destroy.
void check_apart(const std::string& in, const std::string& out);

}  // namespace acceptlab::app
