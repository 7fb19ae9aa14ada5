// Work is cut into pieces by the size of the problem alone, never by the number of threads, so that every sum is taken
// in the same order on every machine; the pool only decides who takes which piece.
#pragma once
#include <functional>

namespace reformer {

/** Runs `work(0) … work(pieces - 1)` on all threads, in any order, and returns when all are done. */
void forEachPiece(int pieces, const std::function<void(int)>& work);

/** How many threads work from now on; at least 1. */
void setThreadCount(int count);
int threadCount();

/** Memory of the calling thread, aligned for vectors: valid until it is asked for again with the same `slot`. */
float* scratch(int slot, size_t count);

}  // namespace reformer
