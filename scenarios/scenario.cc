#include "scenarios/scenario.h"

namespace acceptlab::scenarios {

const LinkSettings& NetworkSettings::direction(int from, int to) const {
  for (const LinkOverride& listed : links) {
    if (listed.from == from && listed.to == to) return listed.link;
    if (listed.both && listed.from == to && listed.to == from) return listed.link;
  }
  return link;
}

}  // namespace acceptlab::scenarios
