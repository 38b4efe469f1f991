#include <cstdio>

#include "app/commands.h"
#include "app/shape_json.h"
#include "app/tensor_difference.h"
#include "app/tensor_file.h"
#include "results/json_object.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

TensorDifference compare(const CodecCompareArguments& files, const FileTensor& reference,
                         const FileTensor& other) {
  const std::string shape = reference.shape.to_string();
  if (other.shape.to_string() != shape) {
    throw ConfigError(files.other + ": shape " + other.shape.to_string() + ", but " +
                      files.reference + " has shape " + shape);
  }
  const TensorDifference difference = compare_tensors(reference.values, other.values);
  if (difference.values > 0 && difference.not_finite_values == difference.values) {
    throw ConfigError(files.other + ": nowhere finite where " + files.reference +
                      " is; there is nothing to compare");
  }
  return difference;
}

void print_text(const CodecCompareArguments& files, const FileTensor& reference,
                const TensorDifference& d) {
  std::printf("%s against %s: %zu values %s%s\n", files.other.c_str(), files.reference.c_str(),
              d.values, reference.shape.to_string().c_str(), d.equal() ? ", equal" : "");
  std::printf("  SNR             %.2f dB\n", d.snr_db);
  std::printf("  relative L2     %.6g\n", d.relative_l2_error);
  std::printf("  max error       %.6g at index %zu\n", d.max_abs_error, d.max_abs_error_index);
  std::printf("  mean error      %.6g\n", d.mean_error);
  std::printf("  mean abs error  %.6g\n", d.mean_abs_error);
  if (d.not_finite_values == 0) return;
  std::printf("  not finite      %zu values, the first at index %zu; left out of all above\n",
              d.not_finite_values, d.not_finite_index);
}

std::string to_json(const CodecCompareArguments& files, const FileTensor& reference,
                    const FileTensor& other, const TensorDifference& d) {
  nlohmann::ordered_json json;
  json["reference"] = files.reference;
  json["reference_dtype"] = dtype_name(reference.dtype);
  json["other"] = files.other;
  json["other_dtype"] = dtype_name(other.dtype);
  json["shape"] = shape_to_json(reference.shape);
  json["values"] = d.values;
  json["not_finite_values"] = d.not_finite_values;
  json["equal"] = d.equal();
  json["snr_db"] = d.snr_db;  // null where it is infinite
  json["relative_l2_error"] = d.relative_l2_error;
  json["max_abs_error"] = d.max_abs_error;
  json["max_abs_error_index"] = d.max_abs_error_index;
  json["mean_error"] = d.mean_error;
  json["mean_abs_error"] = d.mean_abs_error;
  return results::dump_json(json);
}

}  // namespace

int codec_compare_command(const CodecCompareArguments& arguments) {
  const FileTensor reference = load_tensor(arguments.reference);
  const FileTensor other = load_tensor(arguments.other);
  const TensorDifference difference = compare(arguments, reference, other);
  if (arguments.json) {
    std::printf("%s", to_json(arguments, reference, other, difference).c_str());
  } else {
    print_text(arguments, reference, difference);
  }
  return 0;
}

}  // namespace acceptlab::app
