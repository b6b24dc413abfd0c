// SPDX-License-Identifier: Apache-2.0
// Ctrl-C and SIGTERM set a flag; work asks for it at its own safe places and unwinds, so that nothing
// half-written stays. A second signal, half a second later or more, ends the process at once.
#pragma once

namespace nnp::cli {

void catch_signals();
bool interrupted();
/// Throws device::InterruptedError after a signal.
void stop_if_interrupted();
/// 128 + the signal's number.
int interrupt_exit_code();

}  // namespace nnp::cli
