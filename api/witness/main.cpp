#include <csignal>

#include "api/witness/witness_command.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  return ishi::api::run_witness(argc, argv);
}
