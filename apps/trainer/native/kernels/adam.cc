// One update of one parameter (Kingma and Ba) in one pass over the memory. Outputs are new: tensors of tfjs never change.
#include <algorithm>
#include <cmath>

#include "kernels.h"
#include "pool.h"
#include "simd.h"

namespace reformer {

namespace {

void run(Call& call) {
  const Shape shape = call.shape(0);
  const float* value = call.floats(0, shape, "value");
  const float* gradient = call.floats(1, shape, "gradient");
  const float* first = call.floats(2, shape, "first");
  const float* second = call.floats(3, shape, "second");
  float numbers[5];
  std::memcpy(numbers, call.ints(4, {5}, "numbers"), sizeof numbers);
  const float beta1 = numbers[0], beta2 = numbers[1], epsilon = numbers[2], size = numbers[3], keep = numbers[4];
  float* newValue = call.output(0, shape);
  float* newFirst = call.output(1, shape);
  float* newSecond = call.output(2, shape);
  size_t count = 1;
  for (int64_t axis : shape) count *= axis;

  constexpr size_t stretch = 1 << 15;
  forEachPiece(static_cast<int>((count + stretch - 1) / stretch), [=](int piece) {
    const size_t end = std::min(count, (piece + 1) * stretch);
    for (size_t i = piece * stretch; i < end; i++) {
      const float m = first[i] * beta1 + gradient[i] * (1 - beta1);
      const float v = second[i] * beta2 + gradient[i] * gradient[i] * (1 - beta2);
      newFirst[i] = m;
      newSecond[i] = v;
      newValue[i] = value[i] * keep - m * size / (std::sqrt(v) + epsilon);
    }
  });
}

}  // namespace

const Kernel adam{
    "ReformerAdam",
    {"value: float", "gradient: float", "first: float", "second: float", "numbers: int32"},
    {"new_value: float", "new_first: float", "new_second: float"},
    compute<run>,
};

}  // namespace reformer
