// What this library adds to TensorFlow; each is described beside its contract in packages/*/src/kernels/names.ts.
#pragma once
#include "op.h"

namespace reformer {

extern const Kernel adam;
extern const Kernel addAttention;
extern const Kernel chunkAttention;
extern const Kernel chunkAttentionGrad;
extern const Kernel feedForward;
extern const Kernel feedForwardGrad;
extern const Kernel heads;
extern const Kernel headsGrad;
extern const Kernel mergeHeads;
extern const Kernel mergeHeadsGrad;
extern const Kernel normalizeKeys;
extern const Kernel normalizeKeysGrad;
extern const Kernel tokenHead;
extern const Kernel undoAttention;
extern const Kernel writeRows;

}  // namespace reformer
