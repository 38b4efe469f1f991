#pragma once

namespace acceptlab::app {

// From now on SIGINT and SIGTERM are noted instead of ending the process at once; a second one
// ends it.
void note_interrupts();
bool interrupted();

}  // namespace acceptlab::app
