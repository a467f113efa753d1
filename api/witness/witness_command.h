// The program `ishi-witness`, which `ishi witness` starts. It is a program of its own because it serves HTTP, and a
// witness is another house than the registry: it needs no database driver, and a patient's machine needs no server.
#pragma once

namespace ishi::api {

// Serves until SIGINT or SIGTERM. 0: ended so; 2: the options, or a file they name, make no sense; 3: it cannot listen.
int run_witness(int argc, char** argv);

}  // namespace ishi::api
