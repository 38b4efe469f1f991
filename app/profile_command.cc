#include <cstdio>

#include "app/commands.h"
#include "app/profiles.h"
#include "runtime/base/result.h"
#include "runtime/torch/setup.h"

namespace acceptlab::app {

int profile_command(const ProfileArguments& arguments) {
  torch_stage::initialise_torch(1);
  scenarios::ModelSettings model;
  model.name = arguments.model;
  model.width = arguments.width;
  model.classes = arguments.classes;
  const DeviceProfile profile =
      measure_profile(model, arguments.batch, arguments.repetitions, arguments.sub_models, true);
  save_profile(profile, arguments.out);
  const UnitRange all{0, static_cast<int>(profile.units.size())};
  std::printf("%s, batch %d: forward %.2f ms, backward %.2f ms, update %.2f ms over %d units\n",
              profile.model.c_str(), profile.batch_samples,
              to_milliseconds(profile.time(all).forward),
              to_milliseconds(profile.time(all).backward),
              to_milliseconds(profile.update_time(all)), all.size());
  std::printf("profile: %s\n", arguments.out.c_str());
  return 0;
}

}  // namespace acceptlab::app
