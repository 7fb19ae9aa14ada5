// Part of a sequence put into its place: what is made piece by piece never exists twice.
#include <cstring>

#include "kernels.h"
#include "pool.h"

namespace reformer {

namespace {

void run(Call& call) {
  enum { rowsInput, streamInput, numbersInput };
  const Shape rows = call.shape(rowsInput), stream = call.shape(streamInput);
  require(rows.size() == 3 && stream.size() == 3 && rows[0] == stream[0] && rows[2] == stream[2],
          "rows must be of shape [batch, any, dModel], like stream [batch, length, dModel]");
  const float* from = call.floats(rowsInput, rows, "rows");
  float* to = call.floatsToChange(streamInput, stream, "stream");
  const int64_t start = *call.ints(numbersInput, {1}, "numbers");
  require(to != nullptr && start >= 0 && start + rows[1] <= stream[1], "rows do not fit into stream");
  call.output(0, {0});
  const size_t count = static_cast<size_t>(rows[1]) * rows[2];
  forEachPiece(static_cast<int>(rows[0]), [&](int example) {
    std::memcpy(to + (static_cast<size_t>(example) * stream[1] + start) * stream[2], from + example * count,
                count * sizeof(float));
  });
}

}  // namespace

const Kernel writeRows{
    "ReformerWriteRows",
    {"rows: float", "stream: float", "numbers: int32"},
    {"y: float"},
    compute<run>,
};

}  // namespace reformer
