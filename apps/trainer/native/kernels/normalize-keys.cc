// Keys from shared queries, `k = q rsqrt(mean(q^2) + 1e-6) / sqrt(depth)`, and what their gradient adds to that of the
// queries, in one pass each. Derivation: packages/lsh/src/normalize-keys.ts.
#include <algorithm>
#include <cmath>

#include "kernels.h"
#include "pool.h"
#include "simd.h"

namespace reformer {

namespace {

constexpr float epsilon = 1e-6f;

float dot(const float* a, const float* b, int depth) {
  Floats sum{};
  int d = 0;
  for (; d + lanes <= depth; d += lanes) sum += load(a + d) * load(b + d);
  float rest = 0;
  for (; d < depth; d++) rest += a[d] * b[d];
  return sumOf(sum) + rest;
}

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
  const float root = std::sqrt(static_cast<float>(rows.depth));
  rows.forEach([=](size_t at) {
    const float* q = query + at;
    const float factor = 1 / (std::sqrt(dot(q, q, rows.depth) / rows.depth + epsilon) * root);
    for (int d = 0; d < rows.depth; d++) key[at + d] = q[d] * factor;
  });
}

void backward(Call& call) {
  const Shape shape = call.shape(0);
  const Rows rows = Rows::of(shape);
  const float* query = call.floats(0, shape, "query");
  const float* dKey = call.floats(1, shape, "dKey");
  const float* dQuery = call.floats(2, shape, "dQuery");
  float* total = call.output(0, shape);
  const float root = std::sqrt(static_cast<float>(rows.depth));
  rows.forEach([=](size_t at) {
    const float *q = query + at, *dk = dKey + at;
    const float r = 1 / std::sqrt(dot(q, q, rows.depth) / rows.depth + epsilon);
    const float along = dot(q, dk, rows.depth) / rows.depth * r * r;
    for (int d = 0; d < rows.depth; d++) total[at + d] = dQuery[at + d] + (dk[d] - q[d] * along) * (r / root);
  });
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
