#include <cstdio>
#include <utility>

#include "app/commands.h"
#include "app/message_info.h"
#include "app/tensor_file.h"
#include "compression/decoder.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

int codec_decode_command(const CodecDecodeArguments& arguments) {
  check_apart(arguments.in, arguments.out);
  const std::vector<std::uint8_t> message = load_message(arguments.in);
  const compression::TensorInfo info = inspect_message(arguments.in, message);
  FileTensor tensor{info.dtype, info.shape, std::vector<float>(info.values)};
  const auto decoded = compression::Decoder({kMaxFileValues}).decode(message, tensor.values);
  if (!decoded) throw ConfigError(arguments.in + ": " + decoded.error().message);
  save_tensor(arguments.out, std::move(tensor));
  std::printf("%s: %zu values %s of %s, from %s with %d bits\n", arguments.out.c_str(), info.values,
              info.shape.to_string().c_str(), dtype_name(info.dtype),
              compression::to_string(info.spec.scheme), info.spec.bits);
  return 0;
}

}  // namespace acceptlab::app
