// TensorFlow's C kernel interface, as far as these kernels need it. Inputs are checked here, before any of them is
// touched: type, shape and size. What does not fit is refused by throwing, which the frame turns into a status.
//
// Kernels have no attributes: TensorFlow keeps a compiled kernel for each set of attributes that it ever saw, and a
// dropout seed differs in every step. Numbers therefore come as a small tensor, the last input.
#pragma once
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"

namespace reformer {

struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void require(bool holds, const std::string& what) {
  if (!holds) throw Refused(what);
}

using Shape = std::vector<int64_t>;

class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  Call(const Call&) = delete;
  ~Call();

  Shape shape(int input);
  bool isEmpty(int input) { return elements(input) == 0; }
  /** An input's numbers, after its type and shape were compared; -1 allows any size of an axis. */
  const float* floats(int input, const Shape& shape, const char* name);
  const int32_t* ints(int input, const Shape& shape, const char* name);
  /** An input that is written over: the caller gave it up. Null where it is absent. */
  float* floatsToChange(int input, const Shape& shape, const char* name);
  float* output(int index, const Shape& shape);
  int32_t* intOutput(int index, const Shape& shape);

 private:
  TF_Tensor* tensor(int input);
  int64_t elements(int input);
  void* data(int input, TF_DataType type, const Shape& shape, const char* name);
  void* allocate(int index, TF_DataType type, const Shape& shape);
  void checkStatus();

  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> inputs_;
  std::vector<TF_Tensor*> outputs_;
};

/** What a file of this folder offers: an op of that name with the given inputs and outputs, such as "query: float". */
struct Kernel {
  const char* name;
  std::vector<const char*> inputs;
  std::vector<const char*> outputs;
  void (*compute)(void*, TF_OpKernelContext*);
};

void refuse(TF_OpKernelContext* context, TF_Code code, const char* why);

/** Makes of a plain function what TensorFlow calls. */
template <void (*run)(Call&)>
void compute(void*, TF_OpKernelContext* context) {
  try {
    Call call(context);
    run(call);
  } catch (const Refused& refused) {
    refuse(context, TF_INVALID_ARGUMENT, refused.what());
  } catch (const std::bad_alloc&) {
    refuse(context, TF_RESOURCE_EXHAUSTED, "out of memory");
  } catch (const std::exception& failure) {
    // Such as a vector too long for any memory, or no more threads: nothing may pass into TensorFlow, which is C.
    refuse(context, TF_INTERNAL, failure.what());
  }
}

/** Makes the op and its kernel known to TensorFlow; once in a process. @returns what TensorFlow says against it */
std::string registerKernel(const Kernel& kernel);

}  // namespace reformer
