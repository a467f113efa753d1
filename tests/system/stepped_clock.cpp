// Loaded before libc into a server under test: the time of day is the machine's plus so many seconds as the file named
// by ISHI_STEPPED_CLOCK holds (eight bytes), from one moment to the next. Clocks that only measure are left alone.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

const std::atomic<std::int64_t>* shared_seconds() {
  const char* path = std::getenv("ISHI_STEPPED_CLOCK");
  const int file = path == nullptr ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return nullptr;
  void* const page = mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0);
  close(file);
  return page == MAP_FAILED ? nullptr : static_cast<const std::atomic<std::int64_t>*>(page);
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static const std::atomic<std::int64_t>* const seconds = shared_seconds();
  const long failed = syscall(SYS_clock_gettime, clock, time);
  if (failed == 0 && seconds != nullptr && clock == CLOCK_REALTIME) time->tv_sec += seconds->load();
  return static_cast<int>(failed);
}
