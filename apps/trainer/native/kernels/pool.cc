#include "pool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <thread>

namespace reformer {

namespace {

struct Job {
  int pieces;
  const std::function<void(int)>* work;
  std::atomic<int> next;
  /** Guarded by the pool's mutex. */
  int helpers;
  std::exception_ptr failure;
};

/** Never destroyed: the workers still wait on it while the process leaves through its exit handlers. */
struct Pool {
  std::mutex turn, mutex;
  std::condition_variable wake, finished;
  Job* current = nullptr;
  uint64_t generation = 0;
  int workers = 0;
  int wanted = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
};

Pool& pool() {
  static Pool& only = *new Pool;
  return only;
}

void take(Job& job) {
  for (int piece; (piece = job.next.fetch_add(1)) < job.pieces;) {
    try {
      (*job.work)(piece);
    } catch (...) {
      std::lock_guard<std::mutex> lock(pool().mutex);
      if (!job.failure) job.failure = std::current_exception();
      job.next = job.pieces;
    }
  }
}

/** Workers live as long as the process: nobody joins them, and the library is never unloaded. */
void help(int index) {
  Pool& p = pool();
  uint64_t seen = 0;
  std::unique_lock<std::mutex> lock(p.mutex);
  for (;;) {
    p.wake.wait(lock, [&] { return p.generation != seen; });
    seen = p.generation;
    Job* job = p.current;
    if (job == nullptr || index >= p.wanted - 1) continue;
    job->helpers++;
    lock.unlock();
    take(*job);
    lock.lock();
    if (--job->helpers == 0) p.finished.notify_one();
  }
}

}  // namespace

void setThreadCount(int count) {
  std::lock_guard<std::mutex> lock(pool().mutex);
  pool().wanted = count < 1 ? 1 : count;
}

int threadCount() { return pool().wanted; }

void forEachPiece(int pieces, const std::function<void(int)>& work) {
  Pool& p = pool();
  // TensorFlow may run two ops at once; they take turns here.
  std::lock_guard<std::mutex> turn(p.turn);
  Job job{pieces, &work, {0}, 0, nullptr};
  {
    std::lock_guard<std::mutex> lock(p.mutex);
    const int helpers = std::min(pieces, p.wanted) - 1;
    for (; p.workers < helpers; p.workers++) std::thread(help, p.workers).detach();
    p.current = &job;
    p.generation++;
  }
  if (pieces > 1) p.wake.notify_all();
  take(job);
  std::unique_lock<std::mutex> lock(p.mutex);
  p.current = nullptr;
  p.finished.wait(lock, [&] { return job.helpers == 0; });
  if (job.failure) std::rethrow_exception(job.failure);
}

float* scratch(int slot, size_t count) {
  struct Free {
    void operator()(float* memory) const { std::free(memory); }
  };
  struct Block {
    std::unique_ptr<float, Free> memory;
    size_t count = 0;
  };
  thread_local Block blocks[16];
  Block& block = blocks[slot];
  if (block.count < count) {
    const size_t bytes = (count * sizeof(float) + 63) / 64 * 64;
    block.memory.reset();
    block.count = 0;
    float* memory = static_cast<float*>(std::aligned_alloc(64, bytes));
    if (memory == nullptr) throw std::bad_alloc();
    block.memory.reset(memory);
    block.count = count;
  }
  return block.memory.get();
}

}  // namespace reformer
