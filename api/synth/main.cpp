#include <csignal>
#include <string>
#include <vector>

#include "api/synth/synth_command.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  return ishi::synth::run_synth(std::vector<std::string>(argv + 1, argv + argc));
}
