// Keys from shared queries, and what their gradient adds to that of the queries, in one pass each.
#include <algorithm>

#include "kernels.h"
#include "pool.h"
#include "shared-keys.h"

namespace reformer {

namespace {

struct Rows {
  size_t count;
  int depth;

  static Rows of(const Shape& shape) {
    require(!shape.empty() && shape.back() > 0 && shape.back() <= 1 << 16, "query must be of shape [..., depth]");
    size_t count = 1;
    for (size_t i = 0; i + 1 < shape.size(); i++) count *= shape[i];
    return {count, static_cast<int>(shape.back())};
  }

  template <class Work>
  void forEach(Work work) const {
    constexpr size_t stretch = 512;
    forEachPiece(static_cast<int>((count + stretch - 1) / stretch), [&](int piece) {
      for (size_t row = piece * stretch; row < std::min(count, (piece + 1) * stretch); row++) work(row * depth);
    });
  }
};

void forward(Call& call) {
  const Shape shape = call.shape(0);
  const Rows rows = Rows::of(shape);
  const float* query = call.floats(0, shape, "query");
  float* key = call.output(0, shape);
  rows.forEach([=](size_t at) { keyOfQuery(query + at, rows.depth, key + at); });
}

void backward(Call& call) {
  const Shape shape = call.shape(0);
  const Rows rows = Rows::of(shape);
  const float* query = call.floats(0, shape, "query");
  const float* dKey = call.floats(1, shape, "dKey");
  const float* dQuery = call.floats(2, shape, "dQuery");
  float* total = call.output(0, shape);
  rows.forEach([=](size_t at) { sharedGrad(query + at, dKey + at, dQuery + at, rows.depth, total + at); });
}

}  // namespace

const Kernel normalizeKeys{
    "ReformerNormalizeKeys",
    {"query: float", "numbers: int32"},
    {"key: float"},
    compute<forward>,
};

const Kernel normalizeKeysGrad{
    "ReformerNormalizeKeysGrad",
    {"query: float", "d_key: float", "d_query: float", "numbers: int32"},
    {"d_shared: float"},
    compute<backward>,
};

}  // namespace reformer
