// Locks whose use clang checks: what a lock guards is written beside it, and with -Wthread-safety a look at it without
// the lock does not compile (ops/test does so; other compilers see nothing of the annotations). Thin: std::mutex and
// std::shared_mutex, which libstdc++ does not annotate. Any thread.
//
//   Mutex mutex_;
//   std::vector<Job> jobs_ ISHI_GUARDED_BY(mutex_);       // the lock is held wherever it is read or written
//   void take_next() ISHI_REQUIRES(mutex_);               // the caller holds it
//   woken_.wait(lock.native(), [this]() ISHI_REQUIRES(mutex_) { return !jobs_.empty(); });
#pragma once

#include <mutex>
#include <shared_mutex>

#if defined(__clang__)
#define ISHI_THREAD_ANNOTATION(annotation) __attribute__((annotation))
#else
#define ISHI_THREAD_ANNOTATION(annotation)
#endif

#define ISHI_GUARDED_BY(lock) ISHI_THREAD_ANNOTATION(guarded_by(lock))  // data
#define ISHI_REQUIRES(...) ISHI_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define ISHI_ACQUIRE(...) ISHI_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define ISHI_ACQUIRE_SHARED(...) ISHI_THREAD_ANNOTATION(acquire_shared_capability(__VA_ARGS__))
#define ISHI_RELEASE(...) ISHI_THREAD_ANNOTATION(release_capability(__VA_ARGS__))

namespace ishi {

class ISHI_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  void lock() ISHI_ACQUIRE() { mutex_.lock(); }
  void unlock() ISHI_RELEASE() { mutex_.unlock(); }

 private:
  friend class MutexLock;
  std::mutex mutex_;
};

class ISHI_THREAD_ANNOTATION(capability("shared_mutex")) SharedMutex {
 public:
  void lock() ISHI_ACQUIRE() { mutex_.lock(); }
  void unlock() ISHI_RELEASE() { mutex_.unlock(); }

 private:
  friend class ReaderLock;
  std::shared_mutex mutex_;
};

// Holds a Mutex while it lives; may let go and take it again in between.
class ISHI_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ISHI_ACQUIRE(mutex) : lock_(mutex.mutex_) {}
  ~MutexLock() ISHI_RELEASE() = default;
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  void lock() ISHI_ACQUIRE() { lock_.lock(); }
  void unlock() ISHI_RELEASE() { lock_.unlock(); }
  std::unique_lock<std::mutex>& native() { return lock_; }  // for waits on a condition variable alone

 private:
  std::unique_lock<std::mutex> lock_;
};

class ISHI_THREAD_ANNOTATION(scoped_lockable) WriterLock {
 public:
  explicit WriterLock(SharedMutex& mutex) ISHI_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~WriterLock() ISHI_RELEASE() { mutex_.unlock(); }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  SharedMutex& mutex_;
};

class ISHI_THREAD_ANNOTATION(scoped_lockable) ReaderLock {
 public:
  explicit ReaderLock(SharedMutex& mutex) ISHI_ACQUIRE_SHARED(mutex) : lock_(mutex.mutex_) {}
  ~ReaderLock() ISHI_RELEASE() = default;
  ReaderLock(const ReaderLock&) = delete;
  ReaderLock& operator=(const ReaderLock&) = delete;

 private:
  std::shared_lock<std::shared_mutex> lock_;
};

}  // namespace ishi
